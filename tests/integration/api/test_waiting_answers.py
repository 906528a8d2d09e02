"""``waiting/{token}``: who waits sees how they stand, answers what is kept for them, and leaves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from scheduling.enums import BookingLevel
from scheduling.models import Booking, Customer, WaitlistEntry
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.services.waitlist.queue import make_link_token, make_offer_token
from tests.factories.scheduling import CAR, MONDAY, NOW, make_shop
from tests.fakes.due_work import send_messages
from tests.fakes.sms_carrier import running_sms_carrier

ON = MONDAY.date().isoformat()


@pytest.fixture(autouse=True)
def at_now(tenants):
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def service(tenant) -> str:
    return str(make_shop(name="Corte")[0])


def post(client, address: str, body: dict | None = None):
    return client.post(f"/api/v1/{address}", body or {}, content_type="application/json")


def join(client, service: str, **more: object):
    customer = {"name": "Berta", "email": "berta@example.com"}
    body = {"service": service, "from_on": ON, "to_on": ON, "customer": customer, "asset": CAR, **more}
    return post(client, "waitlist", body)


@pytest.fixture
def waiting(customer_client, service) -> WaitlistEntry:
    join(customer_client, service)
    return WaitlistEntry.objects.get()


def offer(entry: WaitlistEntry) -> str:
    """Offer the first free time, as the queue does; returns the token of its message."""
    match_waitlist(1, NOW)
    entry.refresh_from_db()
    return make_offer_token(entry)


def test_the_own_link_shows_how_one_stands_and_not_what_is_kept(customer_client, waiting):
    before = customer_client.get(f"/api/v1/waiting/{make_link_token(waiting)}").json()
    offer(waiting)
    after = customer_client.get(f"/api/v1/waiting/{make_link_token(waiting)}").json()

    shown = {
        "status": "waiting",
        "ahead": 0,
        "service": "Corte",
        "location": "",
        "resources": [],
        "timezone": "America/Mexico_City",
        "from_on": ON,
        "to_on": ON,
        "weekdays": [],
        "from_minute": None,
        "to_minute": None,
        "is_offered": False,
        "offer": None,
    }
    assert before == shown
    assert after == {**shown, "status": "offered", "is_offered": True, "timezone": "UTC"}


def test_an_offer_is_shown_and_taken_once(customer_client, waiting):
    token = offer(waiting)

    shown = customer_client.get(f"/api/v1/waiting/{token}").json()["offer"]
    first, again = (post(customer_client, f"waiting/{token}/accept") for _ in range(2))

    booking = Booking.objects.get()
    assert (shown["starts_at"], shown["expires_at"]) == (
        booking.starts_at.isoformat().replace("+00:00", "Z"),
        waiting.offer_expires_at.isoformat().replace("+00:00", "Z"),
    )
    assert (shown["location"], shown["price"], shown["price_kind"]) == ("Centro", None, "on_request")
    assert (first.status_code, first.json()["status"]) == (200, "confirmed")
    assert again.json() == first.json()
    assert customer_client.get("/b/" + first.json()["manage_url"].partition("/b/")[2]).status_code == 200
    entry = customer_client.get(f"/api/v1/waiting/{token}").json()
    assert (entry["status"], entry["offer"]) == ("booked", None)


def test_an_offer_is_declined_and_they_wait_on(customer_client, waiting):
    token = offer(waiting)

    declined, again = (post(customer_client, f"waiting/{token}/decline") for _ in range(2))

    assert (declined.status_code, declined.json()["status"], declined.json()["offer"]) == (200, "waiting", None)
    assert (again.status_code, again.json()["code"]) == (409, "offer_over")
    assert not Booking.objects.filter(status="held", hold_expires_at__gt=NOW).exists()


def test_the_own_link_answers_no_offer(customer_client, waiting):
    offer(waiting)
    own = make_link_token(waiting)

    answers = [post(customer_client, f"waiting/{own}/{step}") for step in ("accept", "decline")]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "offer_over")] * 2
    assert [each.status for each in Booking.objects.all()] == ["held"]


def test_an_offer_that_has_ended_is_over(customer_client, waiting, at_now):
    token = offer(waiting)
    at_now.move_to(waiting.offer_expires_at)

    late = post(customer_client, f"waiting/{token}/accept")

    assert (late.status_code, late.json()["code"]) == (409, "offer_over")
    assert customer_client.get(f"/api/v1/waiting/{token}").json()["offer"] is None


def test_of_an_offer_whose_other_contact_may_not_book_a_code_is_asked(customer_client, tenant, service, settings):
    with running_sms_carrier() as carrier:
        settings.SMS_URL, settings.SMS_ACCOUNT, settings.SMS_SECRET = carrier.url, carrier.account, carrier.secret
        customer = {"name": "Berta", "email": "berta@example.com", "phone": "+525512345678"}
        join(customer_client, service, customer=customer)
        token = offer(WaitlistEntry.objects.get())
        known = Customer.objects.create(
            name="Otra", created_at=NOW, booking_level=BookingLevel.REFUSED, level_reason="No vino"
        )
        known.contacts.create(kind="phone", value="+525512345678")

        asked = post(customer_client, f"waiting/{token}/accept")
        send_messages(tenant.schema_name)
        code = re.match(r"\d{6}", carrier.taken[-1]["Body"])[0]
        wrong, right = (
            post(customer_client, f"waiting/{token}/accept", {"verification": {"code": each}})
            for each in ("000000", code)
        )

    assert (asked.status_code, asked.json()["code"], asked.json()["channel"]) == (403, "verification_required", "sms")
    assert {"expires_at", "again_at"} <= asked.json().keys()
    assert (wrong.status_code, list(wrong.json()["errors"])) == (403, ["verification.code"])
    assert (right.status_code, list(right.json()["errors"])) == (422, ["customer.contact"])
    assert [each.status for each in Booking.objects.all()] == ["held"]


def test_what_was_typed_and_is_wrong_by_now_is_said_at_its_field(customer_client, waiting):
    token = offer(waiting)
    WaitlistEntry.objects.update(details={**waiting.details, "customer": {"name": "Berta", "email": "no mail"}})

    refused = post(customer_client, f"waiting/{token}/accept")

    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["customer.email"])


def test_whoever_leaves_frees_what_was_kept(customer_client, waiting):
    token = offer(waiting)

    left, again = (customer_client.delete(f"/api/v1/waiting/{token}") for _ in range(2))

    assert (left.status_code, again.status_code, again.json()["code"]) == (204, 409, "entry_ended")
    entry = customer_client.get(f"/api/v1/waiting/{token}").json()
    assert (entry["status"], entry["is_offered"]) == ("cancelled", False)
    assert not Booking.objects.filter(status="held", hold_expires_at__gt=NOW).exists()


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/accept"), ("POST", "/decline")])
def test_another_token_leads_nowhere(customer_client, waiting, method, path):
    answer = customer_client.generic(method, f"/api/v1/waiting/no-token{path}", "{}", "application/json")

    assert (answer.status_code, answer.json()["code"]) == (404, "waitlist_entry_not_found")


def test_whoever_waits_for_many_things_types_a_code(customer_client, tenant, service):
    days = [(MONDAY + timedelta(days=number)).date().isoformat() for number in range(4)]
    passed = [join(customer_client, service, from_on=day, to_on=day).status_code for day in days[:3]]
    last = {"from_on": days[3], "to_on": days[3]}
    asked = join(customer_client, service, **last)
    send_messages(tenant.schema_name)
    code = re.search(r"\b(\d{6})\b", mail.outbox[-1].body)[1]

    wrong = join(customer_client, service, **last, verification={"code": "000000"})
    right = join(customer_client, service, **last, verification={"code": code})

    assert (passed, right.status_code, WaitlistEntry.objects.count()) == ([201] * 3, 201, 4)
    assert (asked.status_code, asked.json()["code"], asked.json()["channel"]) == (403, "verification_required", "email")
    assert list(wrong.json()["errors"]) == ["verification.code"]
