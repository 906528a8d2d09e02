"""The customer's own switches, what is asked where they book, and the one request of a mail program."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from kernel.clock import utc_now
from kernel.errors import LimitReached
from scheduling.enums import ConsentPurpose
from scheduling.models import Booking, Consent, Customer
from scheduling.selectors.catalog.business import get_business_entry
from scheduling.selectors.customers.consents import is_refused
from scheduling.services.catalog.business.settings import change_business
from scheduling.services.consent_links import make_consent_token
from scheduling.types import SYSTEM
from tests.factories.consents import is_agreed
from tests.integration.web.booking.test_booking import go_to_details, service, text_of
from tests.integration.web.booking.test_own_visits import LAURA, ask, book
from web.booking.consents import views

__all__ = ["service"]

EMAIL = LAURA["email"]


def ask_for(*purposes: ConsentPurpose) -> None:
    entry = get_business_entry()
    setup = replace(entry.setup, consents=tuple(map(str, purposes)))
    change_business(setup=setup, version=entry.version, by=SYSTEM, now=utc_now())


def read(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


@pytest.fixture
def page(customer_client, service) -> str:
    book(customer_client, service)
    return f"/c/{make_consent_token(EMAIL)}/"


def test_nothing_else_is_asked_unless_the_business_wants_to(customer_client, service):
    shown = read(customer_client, go_to_details(customer_client, service))

    assert 'name="marketing"' not in shown
    assert 'name="photos"' not in shown


def test_each_is_a_box_of_its_own_that_nobody_finds_ticked(customer_client, service):
    ask_for(ConsentPurpose.MARKETING, ConsentPurpose.PHOTOS)

    shown = read(customer_client, go_to_details(customer_client, service) + "&lang=es")

    boxes = re.findall(r'<input type="checkbox" name="(\w+)"[^>]*?( checked)?>', shown)
    assert boxes == [("wants_reminders", " checked"), ("marketing", ""), ("photos", "")]


def test_ticked_box_is_kept_as_a_consent_and_an_empty_one_is_not(customer_client, service):
    ask_for(ConsentPurpose.MARKETING, ConsentPurpose.PHOTOS)

    made = customer_client.post(go_to_details(customer_client, service), {**LAURA, "marketing": "on"})

    assert made.status_code == 302, text_of(made)
    row = Consent.objects.get(purpose="marketing")
    assert (row.contact, row.channel, row.booking_id) == ("", "email", Booking.objects.latest("pk").pk)
    assert not Consent.objects.filter(purpose="photos").exists()
    assert not is_agreed(ConsentPurpose.MARKETING, EMAIL)  # nobody has shown that this address is theirs


def test_box_that_was_not_asked_means_nothing(customer_client, service):
    customer_client.post(go_to_details(customer_client, service), {**LAURA, "marketing": "on"})

    assert not Consent.objects.filter(purpose="marketing").exists()


def test_what_was_ticked_stays_when_something_else_is_wrong(customer_client, service):
    ask_for(ConsentPurpose.MARKETING)

    refused = customer_client.post(go_to_details(customer_client, service), {**LAURA, "email": "x", "marketing": "on"})

    assert refused.status_code == 422
    assert re.search(r'name="marketing"[^>]* checked', refused.content.decode())


def test_switches_say_yes_and_no_with_one_form(customer_client, service):
    ask_for(ConsentPurpose.MARKETING)
    book(customer_client, service)
    page = f"/c/{make_consent_token(EMAIL)}/"

    agreed = customer_client.post(page, {"reminders": "on", "feedback": "on", "marketing": "on"})
    shown = read(customer_client, agreed.url + "&lang=es")
    taken_back = customer_client.post(page, {"reminders": "on"})

    assert (agreed.status_code, taken_back.status_code) == (302, 302)
    assert "Guardado. Vale desde ahora." in shown
    assert re.findall(r"name=\"(\w+)\" checked", shown) == ["reminders", "feedback", "marketing"]
    assert [is_refused(each, EMAIL) for each in ConsentPurpose] == [False, False, True, True, False, False]
    no = Consent.objects.filter(purpose="marketing").latest("pk")
    assert (no.source, no.proof["words"].startswith("Ya no: "), no.language) == ("consent_page", True, "es")


def test_looking_changes_nothing(customer_client, page):
    before = list(Consent.objects.order_by("pk").values())

    for url in (page, f"{page}end/feedback/"):
        customer_client.get(url)

    assert list(Consent.objects.order_by("pk").values()) == before


def test_page_is_kept_private(customer_client, page):
    answer = customer_client.get(page)

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_mail_program_is_never_told_to_come_later(customer_client, page, monkeypatch):
    def refuse(*_: object) -> None:
        raise LimitReached(wait_seconds=60)

    monkeypatch.setattr(views, "count_write", refuse)

    assert customer_client.post(page, {}).status_code == 429
    assert customer_client.post(f"{page}end/reminders/").status_code == 204
    assert is_refused(ConsentPurpose.REMINDERS, EMAIL)


def test_mail_program_ends_messages_with_one_request_without_cookies(customer_client, page):
    customer_client.handler.enforce_csrf_checks = True
    answers = [customer_client.post(f"{page}end/feedback/", {"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert [each.status_code for each in answers] == [204, 204]
    (row,) = Consent.objects.filter(purpose="feedback")
    assert (row.source, is_refused(ConsentPurpose.FEEDBACK, EMAIL)) == ("one_click", True)
    assert customer_client.post(page, {}).status_code == 403  # the page itself asks for its own form


@pytest.mark.parametrize("purpose", ["marketing", "booking", "else"])
def test_one_request_ends_nothing_else(customer_client, page, purpose):
    assert customer_client.post(f"{page}end/{purpose}/").status_code == 404
    assert not Consent.objects.exclude(withdrawn_at=None).exists()


@pytest.mark.parametrize("path", ["", "end/feedback/"])
def test_forged_link_opens_nothing(customer_client, tenant, path):
    url = f"/c/forged/{path}"
    assert [customer_client.get(url).status_code, customer_client.post(url).status_code] == [404, 404]


def test_nobody_agrees_for_whom_nothing_is_kept(customer_client, tenant):
    ask_for(ConsentPurpose.MARKETING)

    answer = customer_client.post(f"/c/{make_consent_token('nadie@example.com')}/?lang=en", {"marketing": "on"})

    assert (answer.status_code, Consent.objects.count()) == (409, 0)
    assert "no message goes there" in text_of(answer)


def test_mail_program_of_whoever_was_erased_is_answered_alike(customer_client, tenant):
    answer = customer_client.post(f"/c/{make_consent_token('nadie@example.com')}/end/feedback/")

    assert (answer.status_code, Consent.objects.count()) == (204, 0)


def test_page_says_who_answered_stop(customer_client, tenant, monkeypatch):
    monkeypatch.setattr("web.booking.consents.views.list_stopped", frozenset)

    assert "Respondiste BAJA" in read(customer_client, f"/c/{make_consent_token('+525512345678')}/?lang=es")


def test_list_of_visits_and_data_of_a_proven_booking_lead_there(customer_client, tenant, service):
    booking = book(customer_client, service)
    token = ask(customer_client, tenant, EMAIL)
    visits = read(customer_client, f"/visits/{token}/")
    manage = re.search(r'href="(/b/\w+/)"', visits)[1]

    unproven = read(customer_client, f"{manage}data/")
    Booking.objects.filter(pk=booking.pk).update(proven_contact="email")
    proven = read(customer_client, f"{manage}data/")

    assert re.search(r'href="/c/[\w-]+/"', visits)
    assert not re.search(r'href="/c/', unproven)
    assert re.search(r'href="/c/[\w-]+/"', proven)


def test_staff_reads_proof_and_writes_down_what_they_were_told(owner_client, customer_client, service):
    book(customer_client, service)
    url = f"/workspace/customers/{Customer.objects.get().pk}/consents/"
    said = {"purpose": "marketing", "answer": "yes", "words": "Firmó el formulario"}

    refused = owner_client.post(f"{url}?lang=es", {**said, "words": ""})
    saved = owner_client.post(url, said)
    again = owner_client.post(url, {**said, "answer": "no", "words": "Por teléfono"})
    shown = read(owner_client, f"{url}?lang=es")

    assert (refused.status_code, saved.status_code, again.status_code) == (422, 302, 302)
    assert is_refused(ConsentPurpose.MARKETING, EMAIL)
    for text in ("Firmó el formulario", "Por teléfono", "Sí, hasta que lo retiró", "No: Novedades y ofertas"):
        assert text in shown


def test_staff_is_told_that_somebody_has_no_contact(owner_client, tenant):
    made = Customer.objects.create(name="Eva", created_at=utc_now())
    said = {"purpose": "marketing", "answer": "yes", "words": "x"}

    answer = owner_client.post(f"/workspace/customers/{made.pk}/consents/?lang=en", said)

    assert (answer.status_code, Consent.objects.count()) == (409, 0)
    assert "no message goes there" in answer.content.decode()
