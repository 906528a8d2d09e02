"""Who comes again: the link to one's visits, what it shows, and a visit booked again with two taps."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail

from kernel.clock import utc_now
from notifications.models import Message
from scheduling.models import Booking, BookingLine, Feedback, Service, VisitsLink
from scheduling.services.bookings.levels import set_booking_level
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.types import CustomerDetails, VisitDetails, WaitlistWish
from tests.factories.scheduling import STAFF, make_wish
from tests.fakes.due_work import perform_all, send_messages
from tests.integration.web.booking.test_booking import go_to_details, list_times, service, text_of

__all__ = ["service"]

LAURA = {"name": "Laura Jiménez", "phone_region": "MX", "phone": "", "email": "laura@example.com"}
SENT = "/visits/?done=sent"


def book(client, service, **person) -> Booking:
    made = client.post(go_to_details(client, service), {**LAURA, **person})
    assert made.status_code == 302, text_of(made)
    return Booking.objects.latest("pk")


def ask(client, tenant, contact: str) -> str:
    answer = client.post("/visits/", {"contact": contact})
    assert (answer.status_code, answer.url) == (302, SENT)
    perform_all(tenant.schema_name, "visits_link")
    send_messages(tenant.schema_name)
    return re.search(r"/visits/(\w+)/", mail.outbox[-1].body)[1]


def read_manage_path(client, token: str) -> str:
    return re.search(r'href="(/b/\w+/)"', client.get(f"/visits/{token}/").content.decode())[1]


def read_line(response) -> str:
    return re.sub(r"\s+", " ", text_of(response))


def test_the_first_page_and_the_page_of_a_booking_lead_there(customer_client, service):
    booking_url = urlsplit(customer_client.post(go_to_details(customer_client, service), LAURA).url).path

    for url in ("/?lang=es", booking_url):
        assert 'href="/visits/"' in customer_client.get(url).content.decode()


def test_known_and_unknown_contacts_are_answered_alike(customer_client, tenant, service):
    book(customer_client, service)

    answers = [customer_client.post("/visits/", {"contact": each}) for each in (LAURA["email"], "nadie@example.com")]

    assert [(each.status_code, each.url) for each in answers] == [(302, SENT)] * 2
    assert "ahí llega un enlace para verlas" in read_line(customer_client.get(f"{SENT}&lang=es"))


@pytest.mark.parametrize("typed", ["", "ana", "12", "<script>alert(1)</script>", "=HYPERLINK(1)", "\u202eana@"])
def test_what_is_no_contact_is_said_at_the_field(customer_client, tenant, typed):
    page = customer_client.post("/visits/", {"contact": typed})

    assert (page.status_code, VisitsLink.objects.count()) == (422, 0)
    assert "<script>alert" not in page.content.decode()


def test_where_no_sms_leave_a_phone_is_asked_for_no_link(customer_client, tenant, settings):
    phone = {"contact": "55 1234 5678"}
    settings.SMS_URL = ""
    page = customer_client.get("/visits/?lang=en")
    refused = customer_client.post("/visits/?lang=en", phone)
    settings.SMS_URL = "https://sms.example.com"
    sent = customer_client.post("/visits/", phone)

    assert "E-mail or phone" not in read_line(page)
    assert (refused.status_code, "by e-mail only" in read_line(refused)) == (422, True)
    assert (sent.status_code, VisitsLink.objects.count()) == (302, 1)


def test_the_link_shows_visits_vehicle_and_own_data_and_is_kept_private(customer_client, tenant, service):
    booking = book(customer_client, service)
    token = ask(customer_client, tenant, LAURA["email"])

    page = customer_client.get(f"/visits/{token}/?lang=es")
    shown = read_line(page)

    assert page.status_code == 200
    for text in ("Tus citas", service.name, "Nissan Versa 2019", "Laura Jiménez", LAURA["email"]):
        assert text in shown
    assert re.search(r'href="/b/\w+/"', page.content.decode())
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert Booking.objects.get().pk == booking.pk


def test_who_only_waits_has_a_link_to_their_own_data(customer_client, tenant, service):
    first = (utc_now() + timedelta(days=3)).date()
    asked = WaitlistWish(wish=make_wish(service.pk), from_on=first, to_on=first + timedelta(days=2))
    for email in (LAURA["email"], "otra@example.com"):
        details = VisitDetails(
            CustomerDetails("Laura Jiménez", email=email, locale="es"), {"make": "Seat", "model": "Ibiza"}
        )
        join_waitlist(asked=asked, details=details, join_key=f"run of {email}", now=utc_now())
    token = ask(customer_client, tenant, LAURA["email"])

    shown = read_line(customer_client.get(f"/visits/{token}/?lang=es"))
    found = json.loads(customer_client.get(f"/visits/{token}/data.json").content)

    assert f"Estás en la lista de espera {service.name}" in shown
    assert [(each["email"], each["from_on"]) for each in found["waitlist"]] == [(LAURA["email"], first.isoformat())]


def test_a_past_visit_is_booked_again_with_two_taps(customer_client, tenant, service):
    booking = book(customer_client, service)
    starts_at = utc_now().replace(microsecond=0, second=0)
    Booking.objects.filter(pk=booking.pk).update(
        status="completed", starts_at=starts_at.replace(day=2), ends_at=starts_at.replace(day=3)
    )
    token = ask(customer_client, tenant, LAURA["email"])
    assert f"/visits/{token}/again/{booking.pk}/" in customer_client.get(f"/visits/{token}/").content.decode()

    details = customer_client.post(f"/visits/{token}/again/{booking.pk}/")
    assert (details.status_code, details.url.startswith("/details/?d=")) == (302, True)
    form = customer_client.get(details.url)
    assert 'value="Laura Jiménez"' in form.content.decode()
    made = customer_client.post(details.url, LAURA)

    assert (made.status_code, made.url.startswith("/b/")) == (302, True)
    again = Booking.objects.latest("pk")
    assert (again.service_id, again.customer_id, again.asset_label, again.proven_contact, again.status) == (
        booking.service_id, booking.customer_id, booking.asset_label, "email", "confirmed",
    )  # fmt: skip


def test_two_taps_on_again_keep_one_time(customer_client, tenant, service):
    booking = book(customer_client, service)
    token = ask(customer_client, tenant, LAURA["email"])

    answers = [customer_client.post(f"/visits/{token}/again/{booking.pk}/") for _ in range(2)]

    assert [each.url.startswith("/details/") for each in answers] == [True, True]
    assert Booking.objects.exclude(pk=booking.pk).count() == 1  # none was given back either


def test_what_a_further_service_asks_is_asked_again(customer_client, tenant, service):
    booking = book(customer_client, service)
    others = Service.objects.filter(approval="instant", deposit_kind="none", seats__isnull=True, is_online=True)
    further = others.exclude(pk=service.pk).order_by("position", "pk").first()
    question = {"key": "q000001", "label": "Color", "kind": "text", "is_required": True, "choices": [], "texts": []}
    Service.objects.filter(pk=further.pk).update(questions=[question])
    BookingLine.objects.create(
        booking=booking, position=1, service=further, service_name=further.name, duration_minutes=30
    )
    token = ask(customer_client, tenant, LAURA["email"])

    answer = customer_client.post(f"/visits/{token}/again/{booking.pk}/")

    assert (answer.status_code, urlsplit(answer.url).path) == (302, "/visit/")


def test_what_was_published_about_a_visit_is_taken_back_there(customer_client, tenant, service):
    booking = book(customer_client, service)
    Booking.objects.update(status="completed", starts_at="2026-09-01T15:00:00Z", ends_at="2026-09-01T16:00:00Z")
    said = Feedback.objects.create(booking=booking, score=5, may_publish=True, created_at=utc_now())
    token = ask(customer_client, tenant, LAURA["email"])
    page = customer_client.get(f"/visits/{token}/").content.decode()
    (address,) = re.findall(r'action="(/b/\w+/feedback/publish/)"', page)

    customer_client.post(address, {"may_publish": "no"})

    said.refresh_from_db()
    assert said.may_publish is False
    assert "/feedback/publish/" not in customer_client.get(f"/visits/{token}/").content.decode()


def test_a_visit_of_a_service_that_is_gone_begins_at_the_services(customer_client, tenant, service):
    booking = book(customer_client, service)
    token = ask(customer_client, tenant, LAURA["email"])
    Service.objects.filter(pk=service.pk).update(is_active=False)

    answer = customer_client.post(f"/visits/{token}/again/{booking.pk}/")

    assert (answer.status_code, urlsplit(answer.url).path) == (302, "/")


def test_somebody_elses_visit_is_not_booked_again_nor_shown(customer_client, tenant, service):
    mine = book(customer_client, service)
    theirs = book(customer_client, service, email="bea@example.com", name="Bea Ruiz")
    token = ask(customer_client, tenant, LAURA["email"])
    before = Booking.objects.count()

    answer = customer_client.post(f"/visits/{token}/again/{theirs.pk}/")

    assert (answer.status_code, Booking.objects.count()) == (404, before)
    assert "Bea Ruiz" not in text_of(customer_client.get(f"/visits/{token}/"))
    taken_along = json.loads(customer_client.get(f"/visits/{token}/data.json").content)
    assert [each["booking"]["reference"] for each in taken_along["visits"]] == [mine.reference]
    of_one = customer_client.get(f"{read_manage_path(customer_client, token)}data/own-data.json")
    assert taken_along["visits"] == [json.loads(of_one.content)]


@pytest.mark.parametrize("path", ["", "data.json"])
def test_a_wrong_link_shows_nothing_and_offers_a_new_one(customer_client, tenant, service, path):
    book(customer_client, service)

    page = customer_client.get(f"/visits/no-token/{path}?lang=es")

    assert page.status_code == 404
    assert "Este enlace terminó o no es válido" in read_line(page)
    assert 'action="/visits/"' in page.content.decode()


def test_a_link_that_was_closed_leads_nowhere(customer_client, tenant, service):
    book(customer_client, service)
    token = ask(customer_client, tenant, LAURA["email"])

    closed = customer_client.post(f"/visits/{token}/end/")

    assert (closed.status_code, closed.url) == (302, "/visits/?done=ended")
    assert customer_client.get(f"/visits/{token}/").status_code == 404


def test_getting_a_page_changes_nothing(customer_client, tenant, service):
    booking = book(customer_client, service)
    token = ask(customer_client, tenant, LAURA["email"])

    answers = [customer_client.get(f"/visits/{token}/{each}") for each in (f"again/{booking.pk}/", "end/")]

    assert [(each.status_code, each.url) for each in answers] == [(302, f"/visits/{token}/")] * 2
    assert (VisitsLink.objects.count(), Booking.objects.count()) == (1, 1)


def test_a_stranger_gets_few_mails_sent_to_a_mailbox(customer_client, tenant, service):
    book(customer_client, service)
    for _ in range(5):
        customer_client.post("/visits/", {"contact": LAURA["email"]})
    perform_all(tenant.schema_name, "visits_link")

    told = Message.objects.filter(template="visits_link").order_by("pk").values_list("reason", flat=True)
    assert list(told) == ["", "", "", "too_many", "too_many"]


def test_whoever_comes_by_the_link_and_may_not_book_is_told_so_kindly(customer_client, tenant, service):
    booking = book(customer_client, service)
    set_booking_level(
        customer_id=booking.customer_id, level="refused", reason="No vino tres veces", now=utc_now(), by=STAFF
    )
    token = ask(customer_client, tenant, LAURA["email"])
    details = customer_client.post(f"/visits/{token}/again/{booking.pk}/")

    page = customer_client.post(f"{details.url}&lang=es", LAURA)

    assert page.status_code == 422
    assert "por teléfono" in read_line(page) or "personalmente" in read_line(page)


def test_the_same_person_at_the_same_time_is_asked_on_the_page(customer_client, tenant, service):
    booking = book(customer_client, service)
    token = ask(customer_client, tenant, LAURA["email"])
    again = customer_client.post(f"/visits/{token}/again/{booking.pk}/").url
    times = customer_client.get(again.replace("/details/", "/time/"))
    assert list_times(times)
    Booking.objects.filter(pk=booking.pk).update(
        starts_at=Booking.objects.get(status="held").starts_at, ends_at=Booking.objects.get(status="held").ends_at
    )

    asked = customer_client.post(f"{again}&lang=es", LAURA)
    assert (asked.status_code, Booking.objects.exclude(status="held").count()) == (409, 1)
    assert "Ya tienes una cita a esa hora" in read_line(asked)
    assert 'name="may_coincide" value="1"' in asked.content.decode()
    made = customer_client.post(again, {**LAURA, "may_coincide": "1"})

    assert (made.status_code, Booking.objects.exclude(status="held").count()) == (302, 2)


def test_a_contact_that_is_typed_goes_along_to_the_other_language(customer_client, tenant):
    page = customer_client.post("/visits/", {"contact": "ana@"}).content.decode()

    assert 'value="ana@"' in page
    assert re.search(r'src="[^"]*/js/language[.\w]*\.js"', page)


def test_the_file_of_own_data_is_limited(customer_client, tenant, service):
    book(customer_client, service)
    token = ask(customer_client, tenant, LAURA["email"])
    of_one = f"{read_manage_path(customer_client, token)}data/own-data.json"

    answers = [customer_client.get(each) for each in [f"/visits/{token}/data.json", of_one] * 15]
    refused = [customer_client.get(each) for each in (f"/visits/{token}/data.json", of_one)]

    assert {each.status_code for each in answers} == {200}
    assert [(each.status_code, int(each.headers["Retry-After"]) > 0) for each in refused] == [(429, True)] * 2
