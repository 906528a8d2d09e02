"""Collecting, merging, checking and compiling translations."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings

from config.environment import ROOT
from devtools.errors import DevtoolsError
from devtools.messages.catalogs import (
    FORMAL_CATALOG,
    TRANSLATED,
    catalog_path,
    compile_catalogs,
    list_catalogs,
    list_differences,
    list_faults,
    load_catalog,
    merge,
    render,
)
from devtools.messages.command import list_all_faults, update_catalogs
from devtools.messages.extraction import Text, collect_texts

_CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
from kernel.text import mark

TITLE = _("Booking")
HELP = mark("No slot is free on %(day)s.")


def count(number):
    # Translators: how many people come
    return ngettext("%(number)s person", "%(number)s people", number) % {"number": number}


def other():
    return pgettext("verb", "Book")
"""

_TEMPLATE = """{% load i18n %}
<p>
      {% translate "Your booking" %}
   <b>it's {% blocktranslate with name=a.name %}Hello {{ name }}{% endblocktranslate %}</b>
 {% blocktranslate count n=n %}{{ n }} bay{% plural %}{{ n }} bays{% endblocktranslate %}
{% translate "Book" context "noun" as x %}
</p>
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "scheduling").mkdir()
    (tmp_path / "scheduling" / "errors.py").write_text(_CODE, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(_TEMPLATE, encoding="utf-8")
    # Not texts of the product.
    (tmp_path / "platform" / "devtools").mkdir(parents=True)
    (tmp_path / "platform" / "devtools" / "x.py").write_text('gettext("Not this")\n', encoding="utf-8")
    return tmp_path


def translate(checkout: Path, room: str, **translations: str) -> None:
    """Fill in translations by hand, as a person would."""
    path = catalog_path(room, "es", checkout)
    content = path.read_text(encoding="utf-8")
    for source, target in translations.items():
        old = f'msgid "{source}"\nmsgstr ""'
        assert old in content
        content = content.replace(old, f'msgid "{source}"\nmsgstr "{target}"')
    path.write_text(content, encoding="utf-8")


def read(checkout: Path, room: str) -> dict[object, object]:
    """Return a room's catalog: text → translation, of those without a context."""
    catalog = load_catalog(catalog_path(room, "es", checkout), "es")
    assert not any(message.fuzzy for message in catalog if message.id)
    return {message.id: message.string for message in catalog if message.id and message.context is None}


def test_collects_from_code_and_templates(checkout: Path) -> None:
    found = [(text.id, text.context, text.place) for text in collect_texts(checkout)]

    assert found == [
        ("Booking", None, "scheduling/errors.py"),
        ("No slot is free on %(day)s.", None, "scheduling/errors.py"),
        (("%(number)s person", "%(number)s people"), None, "scheduling/errors.py"),
        ("Book", "verb", "scheduling/errors.py"),
        ("Your booking", None, "templates/page.html"),
        ("Hello %(name)s", None, "templates/page.html"),
        (("%(n)s bay", "%(n)s bays"), None, "templates/page.html"),
        ("Book", "noun", "templates/page.html"),
    ]


@pytest.mark.parametrize(
    ("place", "room"),
    [
        ("scheduling/services/bookings/holds.py", "scheduling"),
        ("platform/web/booking/views.py", "platform/web"),
        ("verticals/registry.py", "verticals"),
        ("verticals/salon/vertical.py", "verticals/salon"),
        ("templates/base.html", "platform/web"),
        ("templates/workspace/day.html", "platform/web"),
        ("templates/emails/layout.html", "platform/notifications"),
    ],
)
def test_text_belongs_to_the_room_of_its_file(place: str, room: str) -> None:
    assert Text("a", None, place, ()).room == room


def test_update_keeps_translations_and_drops_what_is_gone(checkout: Path) -> None:
    update_catalogs(checkout)
    translate(checkout, "scheduling", Booking="Cita")
    (checkout / "templates" / "page.html").write_text('{% load i18n %}{% translate "New" %}', encoding="utf-8")

    update_catalogs(checkout)

    assert read(checkout, "scheduling") == {
        "Booking": "Cita",
        "No slot is free on %(day)s.": "",
        ("%(number)s person", "%(number)s people"): ("", ""),
    }
    assert read(checkout, "platform/web") == {"New": ""}


def test_text_that_moves_to_another_room_keeps_its_translation(checkout: Path) -> None:
    update_catalogs(checkout)
    translate(checkout, "scheduling", Booking="Cita")
    (checkout / "billing").mkdir()
    (checkout / "scheduling" / "errors.py").rename(checkout / "billing" / "errors.py")

    update_catalogs(checkout)

    assert read(checkout, "billing")["Booking"] == "Cita"
    assert list(list_catalogs("es", checkout)) == ["billing", "platform/web"]


def test_text_of_two_rooms_is_translated_once(checkout: Path) -> None:
    update_catalogs(checkout)
    translate(checkout, "scheduling", Booking="Cita")
    (checkout / "templates" / "page.html").write_text('{% load i18n %}{% translate "Booking" %}', encoding="utf-8")

    update_catalogs(checkout)

    assert read(checkout, "platform/web") == {"Booking": "Cita"}


def test_update_twice_writes_the_same_bytes(checkout: Path) -> None:
    update_catalogs(checkout)
    first = catalog_path("scheduling", "es", checkout).read_bytes()

    update_catalogs(checkout)

    assert catalog_path("scheduling", "es", checkout).read_bytes() == first


def test_check_tells_missing_from_untranslated_from_unused(checkout: Path) -> None:
    update_catalogs(checkout)
    template = checkout / "templates" / "page.html"
    template.write_text('{% load i18n %}{% translate "Your booking" %}{% translate "New" %}', encoding="utf-8")

    faults = list_all_faults(checkout)

    assert "es in platform/web: not in the catalog: 'New'" in faults
    assert "es in platform/web: no longer used: 'Hello %(name)s'" in faults
    assert "es in platform/web: not translated: 'Your booking'" in faults
    assert "es in platform/web: not translated: 'New'" not in faults
    assert not any(fault.startswith("en") for fault in faults)


def test_check_tells_a_catalog_of_another_order_or_with_doubles(checkout: Path) -> None:
    complete(checkout)
    path = catalog_path("scheduling", "es", checkout)
    path.write_bytes(path.read_bytes() + b'\nmsgid "Booking"\nmsgstr "Turno"\n')

    assert list_all_faults(checkout) == ["es in scheduling: not as ./dev messages writes it (order, doubles, comments)"]


def test_check_tells_two_rooms_that_translate_differently(checkout: Path) -> None:
    complete(checkout)
    (checkout / "billing").mkdir()
    (checkout / "billing" / "errors.py").write_text('_("Booking")\n', encoding="utf-8")
    update_catalogs(checkout)
    path = catalog_path("billing", "es", checkout)
    path.write_text(path.read_text(encoding="utf-8").replace("Cita", "Turno"), encoding="utf-8")

    assert list_all_faults(checkout) == ["es: translated differently in billing and scheduling: 'Booking'"]


def test_complete_catalogs_have_no_faults(checkout: Path) -> None:
    complete(checkout)

    assert list_all_faults(checkout) == []


def complete(checkout: Path) -> None:
    """Make a checkout of one text, which is translated."""
    (checkout / "scheduling" / "errors.py").write_text('_("Booking")\n', encoding="utf-8")
    (checkout / "templates" / "page.html").unlink()
    update_catalogs(checkout)
    translate(checkout, "scheduling", Booking="Cita")


@pytest.mark.parametrize("language", TRANSLATED)
def test_our_rooms_translate_each_text_in_one_way(language: str) -> None:
    catalogs = {room: load_catalog(path, language) for room, path in list_catalogs(language).items()}

    assert len(catalogs) > 10
    assert list(list_differences(catalogs)) == []


def test_django_looks_into_every_catalog() -> None:
    folders = {path.parents[2] for language in TRANSLATED for path in list_catalogs(language).values()}

    assert settings.LOCALE_PATHS[0] == ROOT / FORMAL_CATALOG.parents[2]  # it wins over the rooms
    assert set(settings.LOCALE_PATHS[1:]) == folders
    assert ROOT / "scheduling" / "locale" in folders


@pytest.mark.parametrize(
    ("source", "target", "is_faulty"),
    [
        ("Hello %(name)s", "Hola %(name)s", False),
        ("Hello %(name)s", "Hola", True),
        ("Hello %(name)s", "Hola %(nombre)s", True),
        ("{count} left", "quedan {count}", False),
        ("{count} left", "quedan {cuenta}", True),
        (("%(n)s bay", "%(n)s bays"), ("una bahía", "%(n)s bahías"), False),
        (("%(n)s bay", "%(n)s bays"), ("%(n)s bahía", "bahías"), True),
    ],
)
def test_placeholders_must_agree(source: str | tuple[str, str], target: str | tuple[str, str], is_faulty: bool) -> None:
    assert bool(list(list_faults(make_catalog(source, target)))) is is_faulty


def test_text_is_said_once() -> None:
    once, twice = "Ya se %(done)s.", "Ya se %(done)s." * 2
    catalogs = [make_catalog("It is %(done)s.", target) for target in (once, twice, "Se %(done)s se %(done)s")]

    assert [list(list_faults(catalog)) for catalog in catalogs] == [
        [], [f"says the same again: 'It is %(done)s.' → {twice!r}"], [],
    ]  # fmt: skip


def make_catalog(source: str | tuple[str, str], target: str | tuple[str, str]) -> Catalog:
    """Return a catalog of one text and its translation."""
    catalog = merge([Text(source, None, "x.py", ())], [], "es")
    for message in catalog:
        if message.id:
            message.string = target
    return catalog


def test_compiled_catalog_translates(checkout: Path) -> None:
    update_catalogs(checkout)
    translate(checkout, "scheduling", Booking="Cita")

    compile_catalogs(checkout)

    with catalog_path("scheduling", "es", checkout).with_suffix(".mo").open("rb") as handle:
        translations = gettext.GNUTranslations(handle)
    assert translations.gettext("Booking") == "Cita"
    assert translations.gettext("No slot is free on %(day)s.") == "No slot is free on %(day)s."
    assert translations.ngettext("%(number)s person", "%(number)s people", 1) == "%(number)s person"


def test_compiles_only_what_is_older(checkout: Path) -> None:
    update_catalogs(checkout)
    source = catalog_path("scheduling", "es", checkout)
    target = source.with_suffix(".mo")
    target.write_bytes(b"as it was")

    compile_catalogs(checkout)
    assert target.read_bytes() == b"as it was"

    newer = target.stat().st_mtime_ns + 1_000_000
    os.utime(source, ns=(newer, newer))
    compile_catalogs(checkout)
    assert target.read_bytes() != b"as it was"


def test_compiled_form_goes_with_its_catalog(checkout: Path) -> None:
    update_catalogs(checkout)
    catalog_path("scheduling", "es", checkout).unlink()

    compile_catalogs(checkout)

    assert not catalog_path("scheduling", "es", checkout).with_suffix(".mo").exists()
    assert catalog_path("platform/web", "es", checkout).with_suffix(".mo").exists()


def test_broken_catalog_is_named(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    path.write_text('msgid "a"\nmsgstr "b"\nnonsense here\n', encoding="utf-8")

    with pytest.raises(DevtoolsError, match=r"django\.po is not a valid catalog"):
        load_catalog(path, "es")


def test_rendered_catalog_is_sorted_and_has_no_dates_and_no_places(checkout: Path) -> None:
    content = render(merge(collect_texts(checkout), [], "es")).decode()

    assert "POT-Creation-Date" not in content
    assert "#:" not in content
    assert "#. Translators: how many people come" in content
    texts = [line for line in content.splitlines() if line.startswith("msgid ")][1:]
    assert texts == sorted(texts)
    assert len(texts) == 8
