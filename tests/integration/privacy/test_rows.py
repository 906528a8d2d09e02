"""What rows of privacy are called, and what they refuse; and looks at what is not there, or was made elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.models import Message
from privacy.enums import RequestStep
from privacy.errors import PersonErased, PersonRequestNotFound
from privacy.models import NoticeVersion, PersonExport, PersonRequest, PersonRequestStep
from privacy.selectors.requests import get_request
from privacy.services.identity import choose_person
from privacy.services.links import derive_tokens, make_token
from scheduling.models import Booking
from scheduling.services.erasing import KIND
from tenants.services.erasures.erasing import erase
from tests.factories.privacy import make_request
from tests.integration.privacy.conftest import NOW, handle_events


def test_rows_say_what_they_are(ask):
    request = PersonRequest.objects.get(pk=ask().id)
    step = PersonRequestStep(request=request, step=RequestStep.ASKED, at=NOW)
    export = PersonExport(request=request, ends_at=NOW + timedelta(days=7))

    assert str(request) == f"access {NOW:%Y-%m-%d}"
    assert str(step) == f"asked {NOW:%Y-%m-%d %H:%M}"
    assert str(export) == f"{request.pk} {NOW + timedelta(days=7):%Y-%m-%d}"


def test_notice_that_was_shown_stays_as_it_is(tenant):
    kept = NoticeVersion.objects.create(version="abc", texts={"es": "x", "en": "x"}, shown_at=NOW)
    kept.texts = {}

    with pytest.raises(TypeError):
        kept.save()


def test_link_made_under_another_secret_is_made_anew(ask):
    request = PersonRequest.objects.get(pk=ask().id)
    PersonRequest.objects.filter(pk=request.pk).update(token_hash="of before")
    request.refresh_from_db()

    made = make_token(request)

    request.refresh_from_db()
    assert (made, make_token(request)) == (derive_tokens(request)[0],) * 2


def test_request_that_is_none_is_not_found(tenant):
    with pytest.raises(PersonRequestNotFound):
        get_request(request_id=1)


def test_request_is_about_nobody_who_was_erased(booking, book, staff):
    gone = book(email="eva@example.com", phone=None, name="Eva", starts_after=NOW + timedelta(days=3))
    request_id = make_request(booking.customer_id, now=NOW)
    erase(kind=KIND, row_ids=[gone.customer_id], now=NOW)

    with pytest.raises(PersonErased):
        choose_person(request_id=request_id, customer_id=gone.customer_id, by=staff, now=NOW)


def test_nobody_hears_of_what_was_only_tried(booking, ask):
    asked = ask()
    Booking.objects.filter(pk=booking.id).update(is_sample=True)
    handle_events()

    assert not Message.objects.filter(subject_kind="person_request", subject_id=asked.id).exists()
