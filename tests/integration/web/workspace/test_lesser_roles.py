"""What providers and who may only look see of customers' words: all of it, and no way to what they may not do."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from kernel.clock import utc_now
from scheduling.models import Booking, ConversationLine, DataRequest, Feedback
from tests.harness.role_table import OWNER, PROVIDER, READ_ONLY, TENANT
from tests.integration.web.booking.conftest import monday_morning
from tests.integration.web.booking.test_manage import address, text_of

__all__ = ["address", "monday_morning"]

WORDS = {"Tardaron", "¿Siguen ahí?", "Ana Ruiz"}


@pytest.fixture
def booking(address) -> Booking:
    """A visit that is over, rated low and published, whose customer also wrote and asked."""
    Booking.objects.update(status="completed", completed_at=utc_now())
    booking = Booking.objects.get()
    Feedback.objects.create(booking=booking, score=2, comment="Tardaron", may_publish=True, created_at=utc_now())
    ConversationLine.objects.create(booking=booking, author="customer", text="¿Siguen ahí?", written_at=utc_now())
    DataRequest.objects.create(booking=booking, kind="erasure", asked_at=utc_now())
    return booking


def list_posts(page: str) -> set[str]:
    """List the addresses to which a page sends something: by forms, by buttons of them, by scripts."""
    forms = re.findall(r'<form[^>]*method="post"[^>]*>', page)
    actions = [match[1] for form in forms if (match := re.search(r'action="([^"]*)"', form))]
    found = [*actions, *re.findall(r'(?:formaction|hx-post|data-move)="([^"]*)"', page)]
    return {urlsplit(unescape(each)).path for each in found}


@pytest.mark.parametrize("role", [PROVIDER, READ_ONLY])
def test_what_customers_say_is_read_and_nothing_that_is_refused_is_offered(staff_client, booking, role):
    client = staff_client(role)
    paths = [
        "/workspace/",
        "/workspace/waitlist/",
        "/workspace/waitlist/fits/",
        "/workspace/voices/",
        "/workspace/voices/waiting/",
        f"/workspace/bookings/{booking.pk}/",
    ]

    parts = {"headers": {"HX-Request": "true"}}
    pages = {path: client.get(f"{path}?lang=es", **(parts if "fits" in path else {})) for path in paths}

    assert {path: page.status_code for path, page in pages.items()} == dict.fromkeys(paths, 200)
    said = " ".join(text_of(page) for page in pages.values())
    assert {each for each in WORDS if each in said} == WORDS
    answering = f"/workspace/voices/{booking.pk}/answer/"
    assert answering in list_posts(staff_client(OWNER).get("/workspace/voices/").content.decode())
    for path, page in pages.items():
        refused = [
            each
            for each in list_posts(page.content.decode())
            if role not in TENANT[resolve(each).route].get("POST", ())
        ]
        assert refused == [], path
