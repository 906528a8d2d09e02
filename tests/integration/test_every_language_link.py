"""Wherever a form was refused, its page is there in the other language: asked of every address of both hosts."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

import pytest
from django.db import transaction

from accounts.enums import Role
from tests.integration.test_every_url import (
    PLATFORM,
    TENANT,
    facts,  # noqa: F401 - fixtures
    list_doors,
    operator,  # noqa: F401
    sign_in,  # noqa: F401
)

LINK = re.compile(r'<a [^>]*hreflang="\w+"[^>]*>', re.DOTALL)
NO_PAGES = ("api/", "carrier/", "webhooks/")
NONSENSE = {"name": "https://x/", "email": "no", "slug": "!", "password": "", "kind": "?", "reason": "", "answer": "?"}
REFUSING = {
    TENANT: {"workspace/address/domain/", "workspace/address/domain/check/", "workspace/address/domain/remove/"},
    PLATFORM: {"sign-up/", "sign-in/"},
}


def list_links(address: str, html: str) -> list[str]:
    tags = (each for each in LINK.findall(html))
    return [urljoin(address, unescape(re.search(r'href="([^"]*)"', each)[1])) for each in tags]


@pytest.mark.parametrize("urlconf", [TENANT, PLATFORM])
def test_page_of_a_refused_form_is_there_in_the_other_language(sign_in, operator, facts, urlconf):  # noqa: F811
    make_client = sign_in(Role.OWNER) if urlconf == TENANT else operator
    pages = [door for door in list_doors(urlconf) if not door.route.startswith(NO_PAGES)]
    refused, dead = set(), []

    for door in pages:
        path, client = door.make_path(facts), make_client()
        client.raise_request_exception = False
        with transaction.atomic():
            answer = client.post(path, NONSENSE)
            transaction.set_rollback(True)
        links = [f"{path}?lang=es", f"{path}?lang=en"]
        if 400 <= answer.status_code < 500 and answer.headers["Content-Type"].startswith("text/html"):
            offered = list_links(path, answer.content.decode())
            refused |= {door.route} if offered else set()
            links += offered
        for each in dict.fromkeys(links):
            with transaction.atomic():
                status = client.get(each).status_code
                transaction.set_rollback(True)
            dead += [f"{each}: {status}"] if status == 405 else []

    assert dead == []
    assert REFUSING[urlconf] - refused == set()
