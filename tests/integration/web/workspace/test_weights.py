"""What a first visit of each page of the workspace loads of style sheets, as browsers get them from production."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.core.management import call_command
from django.test import override_settings

from tests.integration.test_every_url import TENANT, facts, list_doors, sign_in  # noqa: F401 - fixtures
from web.sheet_storage import minify
from web.sheets import list_sets, name_set

BUDGET = 12 * 1024
LINK = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
TEMPLATE = re.compile(r"<template\b.*?</template>", re.DOTALL)
SHEETS = ("core components workspace panel finder menu", "board visits clock agenda@narrow print-board@print")
MEDIA = {"": "", "narrow": "screen and (max-width: 720px)", "print": "print"}


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    """Return the folder of static files as ``collectstatic`` leaves it in production."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder, STORAGES={"staticfiles": {"BACKEND": "web.sheet_storage.SheetStorage"}}):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["drf_spectacular_sidecar"])
    return folder


@pytest.fixture
def as_in_production(collected, settings) -> Path:
    settings.STATIC_ROOT = collected
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "web.sheet_storage.SheetStorage"}}
    return collected


def weigh(page: str, folder: Path) -> int:
    """Return the bytes of all style sheets that a page links, each compressed as it is sent; for paper too."""
    links = LINK.findall(TEMPLATE.sub("", page))
    ours = [link.removeprefix("/static/") for link in links if link.startswith("/static/")]
    return sum((folder / f"{each}.gz").stat().st_size for each in ours)


def test_every_page_of_the_workspace_stays_within_its_budget(as_in_production, facts, sign_in):  # noqa: F811
    owner = sign_in("owner")
    pages = [door for door in list_doors(TENANT) if door.route.startswith("workspace/") and "<slug" not in door.route]

    weights = {}
    for door in pages:
        answer = owner().get(door.make_path(facts))
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            weights[door.route] = weigh(answer.content.decode(), as_in_production)

    assert len([weight for weight in weights.values() if weight]) > 100
    assert {route: weight for route, weight in weights.items() if weight > BUDGET} == {}


def test_what_pages_name_together_is_one_file_with_all_of_it(collected):
    for words in SHEETS:
        names = [word.partition("@") for word in words.split()]
        parts = [((collected / "css" / f"{name}.css").read_text(), medium) for name, _, medium in names]

        whole = (collected / name_set(words)).read_text()

        assert words in list_sets()
        assert whole == "".join(f"@media {MEDIA[medium]}{{{text}}}" if medium else text for text, medium in parts)


def test_sheet_that_a_page_names_alone_is_served_minified(collected):
    served = json.loads((collected / "staticfiles.json").read_text())["paths"]["css/forms.css"]

    written = Path(find("css/forms.css")).read_text()

    assert "/*" in written
    assert (collected / served).read_text() == minify(written)


def test_collecting_again_changes_nothing(collected):
    before = {path.name: path.read_bytes() for path in (collected / "css").iterdir()}

    with override_settings(
        STATIC_ROOT=collected, STORAGES={"staticfiles": {"BACKEND": "web.sheet_storage.SheetStorage"}}
    ):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["drf_spectacular_sidecar"])

    assert {path.name: path.read_bytes() for path in (collected / "css").iterdir()} == before


def test_where_files_are_served_as_they_lie_each_sheet_has_its_link(owner_client):
    page = owner_client.get("/workspace/").content.decode()

    assert LINK.findall(page)[:3] == ["/static/css/core.css", "/static/css/components.css", "/static/css/workspace.css"]
    assert '<link rel="stylesheet" href="/static/css/agenda.css" media="screen and (max-width: 720px)">' in page
