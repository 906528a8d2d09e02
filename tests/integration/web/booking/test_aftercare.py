"""The customer's pages after and beside a visit, without JavaScript: how it was, messages, own data."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from kernel.clock import utc_now
from privacy.models import PersonRequest
from scheduling.models import Booking, ConversationLine, Feedback
from scheduling.services.aftercare.answers import answer_feedback
from scheduling.types import Actor
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.integration.web.booking.test_manage import address, text_of

__all__ = ["address"]
STAFF = Actor(kind="staff", user_id=None)
NASTY = '<script>alert(1)</script> =HYPERLINK("http://x") 🙂 \u202etxet'


@pytest.fixture
def rated(address) -> str:
    """The link of a visit that is over."""
    Booking.objects.update(status="completed", completed_at=utc_now())
    return address


def test_visit_is_rated_on_one_page(customer_client, rated):
    assert "¿Cómo te fue?" in text_of(customer_client.get(rated + "?lang=es"))
    form = customer_client.get(rated + "feedback/?lang=es&score=4")
    assert re.search(r'value="4"[^>]*checked', form.content.decode())
    assert "«Ana R.»" in text_of(form)

    answer = customer_client.post(
        rated + "feedback/", {"score": "4", "comment": NASTY, "recommend_score": "9", "may_publish": "on"}
    )

    assert answer.headers["Location"] == rated + "feedback/?done=given"
    (row,) = Feedback.objects.all()
    assert (row.score, row.recommend_score, row.may_publish) == (4, 9, True)
    shown = customer_client.get(answer.headers["Location"])
    assert "<script>alert" not in shown.content.decode()
    assert "\u202e" not in unescape(shown.content.decode())
    assert shown.headers["Cache-Control"] == "private, no-store"


def test_back_and_again_changes_nothing(customer_client, rated):
    customer_client.post(rated + "feedback/", {"score": "4"})

    again = customer_client.post(rated + "feedback/?lang=es", {"score": "1"})

    assert again.status_code == 409
    assert "Ya nos dijiste cómo te fue" in text_of(again)
    assert Feedback.objects.get().score == 4


def test_without_stars_nothing_typed_is_lost(customer_client, rated):
    answer = customer_client.post(rated + "feedback/", {"comment": "Muy amables"})

    assert answer.status_code == 422
    assert "Muy amables" in answer.content.decode()
    assert Feedback.objects.count() == 0


def test_visit_to_come_has_nothing_to_rate(customer_client, address):
    page = customer_client.get(address + "feedback/")
    refused = customer_client.post(address + "feedback/", {"score": "5"})

    assert page.headers["Location"] == address
    assert refused.status_code == 409
    assert Feedback.objects.count() == 0


@pytest.mark.parametrize("score", ["1", "5"])
def test_everybody_gets_the_same_public_link(customer_client, tenant, rated, score):
    Tenant.objects.filter(pk=tenant.id).update(profile={"review_url": "https://g.page/r/taller"})
    forget_tenants()
    customer_client.post(rated + "feedback/", {"score": score})

    assert 'href="https://g.page/r/taller"' in customer_client.get(rated + "feedback/").content.decode()


def test_published_opinion_stands_on_the_first_page(customer_client, rated):
    customer_client.post(rated + "feedback/", {"score": "5", "comment": "Muy bien todo", "may_publish": "on"})
    answer_feedback(booking_id=Booking.objects.get().pk, text="Gracias, Ana", now=utc_now(), by=STAFF)

    first = text_of(customer_client.get("/?lang=es"))
    assert "Muy bien todo" in first
    assert "Ana R. · noviembre de 2026" in first
    assert "Ruiz" not in first

    customer_client.post(rated + "feedback/publish/", {"may_publish": "no"})
    assert "Muy bien todo" not in text_of(customer_client.get("/?lang=es"))


def test_published_opinion_is_taken_back_behind_a_link_that_has_ended(customer_client, rated):
    customer_client.post(rated + "feedback/", {"score": "5", "comment": "Muy bien todo", "may_publish": "on"})
    Booking.objects.update(starts_at="2026-09-01T15:00:00Z", ends_at="2026-09-01T16:00:00Z")
    ended = customer_client.get(rated + "?lang=es")
    assert (ended.status_code, "Ya no publicarla" in text_of(ended)) == (404, True)

    refused = customer_client.post(rated + "feedback/publish/", {"may_publish": "yes"})
    assert (refused.status_code, Feedback.objects.get().may_publish) == (404, True)
    answer = customer_client.post(rated + "feedback/publish/", {"may_publish": "no"}, follow=True)

    assert Feedback.objects.get().may_publish is False
    assert "Muy bien todo" not in text_of(customer_client.get("/"))
    assert "Ahora solo la lee el negocio" in text_of(answer)
    assert "Ya no publicarla" not in text_of(answer)


def test_customer_writes_and_reads_the_answer(customer_client, address):
    answer = customer_client.post(address + "messages/", {"text": NASTY})
    assert answer.headers["Location"] == address + "messages/?done=sent"

    page = customer_client.get(answer.headers["Location"])

    assert ConversationLine.objects.get().author == "customer"
    assert "<script>alert" not in page.content.decode()
    assert customer_client.post(address + "messages/", {"text": " "}).status_code == 422
    assert ConversationLine.objects.count() == 1


def test_own_data_is_a_file_and_a_wish(customer_client, address):
    file = customer_client.get(address + "data/own-data.json")
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert json.loads(file.content)["booking"]["name"] == "Ana Ruiz"

    assert customer_client.post(address + "data/", {"kind": "rectification", "text": ""}).status_code == 422
    asked = customer_client.post(address + "data/", {"kind": "erasure", "text": "Todo"})
    again = customer_client.post(address + "data/", {"kind": "erasure", "text": "Todo"})

    assert asked.headers["Location"] == address + "data/?done=asked"
    assert again.status_code == 409
    assert PersonRequest.objects.get().right == "erasure"
    shown = text_of(customer_client.get(address + "data/?lang=es"))
    assert ("Borrar lo que guardan sobre mí" in shown, "Todo" in shown) == (True, True)


@pytest.mark.parametrize("path", ["feedback/", "messages/", "data/", "data/own-data.json"])
def test_strangers_and_old_links_open_nothing(customer_client, address, path):
    assert customer_client.get("/b/" + "x" * 14 + "/" + path).status_code == 404

    Booking.objects.update(starts_at="2026-09-01T15:00:00Z", ends_at="2026-09-01T16:00:00Z")
    ended = customer_client.get(f"{address}{path}?lang=es")
    assert ended.status_code == 404
    assert "Ana" not in text_of(ended)
