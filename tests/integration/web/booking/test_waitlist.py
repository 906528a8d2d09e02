"""The waitlist from the customer's side: joined from the page of times, answered from the link, left."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.html import escape

from kernel.clock import utc_now
from scheduling.errors import AlreadyBooked
from scheduling.models import Booking, Service, WaitlistEntry
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.services.waitlist.queue import make_link_token, make_offer_token
from tests.fakes.due_work import send_messages
from tests.integration.web.booking.test_booking import go_to_time, text_of
from web.booking.draft import PARAMETER, open_draft, seal_draft
from web.booking.waiting import entry as entry_page

PERSON = {"name": "Laura Jiménez", "phone_region": "MX", "phone": "55 1234 5678", "email": "laura@example.com"}
TYPED = "Julio <script>x</script>"


@pytest.fixture
def service(tenant) -> Service:
    return Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()


@pytest.fixture
def form_url(customer_client, service) -> str:
    url, page = go_to_time(customer_client, service)
    query = url.partition("?")[2]
    assert reverse("booking:waitlist") in page.content.decode()
    return f"{reverse('booking:waitlist')}?{query}"


def fill(**more: object) -> dict[str, object]:
    today = utc_now().date()
    dates = {"from_on": today.isoformat(), "to_on": (today + timedelta(days=6)).isoformat()}
    return {**PERSON, **dates, "part": "", "notice": "30", **more}


def offer(entry: WaitlistEntry) -> str:
    """Offer the first free time, as the queue does."""
    match_waitlist(1, utc_now())
    entry.refresh_from_db()
    return make_offer_token(entry)


def test_the_form_joins_and_leads_to_the_entry(customer_client, form_url, service):
    shown = customer_client.get(form_url)
    joined = customer_client.post(form_url, fill(weekdays=["0", "2"], part="morning"))
    page = customer_client.get(joined.url)

    entry = WaitlistEntry.objects.get()
    assert (shown.status_code, joined.status_code, page.status_code) == (200, 302, 200)
    assert (entry.service_id, entry.weekdays, entry.from_minute, entry.to_minute, entry.shortest_notice_minutes) == (
        service.pk, [0, 2], 0, 720, 30,
    )  # fmt: skip
    assert entry.details["asset"]["model"] == "Versa"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert service.name in text_of(page)
    said = text_of(customer_client.get(f"{joined.url}&lang=es")).replace("\xa0", " ")
    assert "lun, mié · antes de las 12:00 p.m." in said


def test_the_week_begins_where_it_does_in_the_calendar(customer_client, form_url):
    page = customer_client.get(f"{form_url}&lang=es").content.decode()

    assert re.findall(r'name="weekdays" value="(\d)"', page) == ["6", "0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    "wrong",
    [{"phone": "", "email": ""}, {"phone": "12"}, {"to_on": "2020-01-01"}, {"to_on": "soon"}, {"from_on": ""},
     {"weekdays": ["9"]}, {"part": "dawn"}, {"notice": "-5"}, {"name": ""}],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(customer_client, form_url, wrong):
    page = customer_client.post(form_url, fill(**wrong))

    assert (page.status_code, WaitlistEntry.objects.count()) == (422, 0)
    assert wrong.get("name", PERSON["name"]) in page.content.decode()


def test_who_wants_no_reminders_waits_without(customer_client, form_url, tenant):
    sealed = parse_qs(urlsplit(form_url).query)[PARAMETER][0]
    draft = replace(open_draft(sealed, schema_name=tenant.schema_name), wants_reminders=False)
    query = urlencode({PARAMETER: seal_draft(draft, schema_name=tenant.schema_name)})

    customer_client.post(f"{reverse('booking:waitlist')}?{query}", fill())

    details = WaitlistEntry.objects.get().details
    assert (details["wants_reminders"], details["consents"]) == (False, ["booking"])


def test_what_strangers_type_is_only_text(customer_client, owner_client, form_url):
    refused = customer_client.post(form_url, fill(name=TYPED, phone="12"))
    customer_client.post(form_url, fill(name=TYPED))
    beside = owner_client.get(reverse("workspace:waitlist_fits"), headers={"HX-Request": "true"})

    pages = [each.content.decode() for each in (refused, owner_client.get(reverse("workspace:waitlist")), beside)]
    assert [(escape(TYPED) in page, TYPED in page) for page in pages] == [(True, False)] * 3


def test_one_tap_takes_the_time_and_a_second_leads_to_the_same(customer_client, form_url):
    customer_client.post(form_url, fill())
    token = offer(WaitlistEntry.objects.get())
    page = customer_client.get(reverse("booking:waiting", args=[token]))

    taken = [customer_client.post(reverse("booking:waiting_accept", args=[token])) for _ in range(2)]

    booking = Booking.objects.get(source="waitlist")
    assert (page.status_code, [each.status_code for each in taken]) == (200, [302, 302])
    assert taken[0].url == taken[1].url
    assert (booking.status, booking.customer_name) == ("confirmed", "Laura Jiménez")
    after = customer_client.get(reverse("booking:waiting", args=[token])).content.decode()
    assert f'<a class="button" href="{reverse("booking:visits")}">' in after


def test_who_comes_then_already_is_asked_on_the_page_of_the_offer(customer_client, form_url, monkeypatch):
    customer_client.post(form_url, fill())
    token = offer(WaitlistEntry.objects.get())
    accept, address = entry_page.accept_offer, reverse("booking:waiting_accept", args=[token]) + "?lang=en"

    def ask(*, may_coincide: bool, **words: object) -> str:
        if not may_coincide:
            raise AlreadyBooked(booked=(("Afinación", utc_now(), "America/Mexico_City"),))
        return accept(may_coincide=may_coincide, **words)

    monkeypatch.setattr(entry_page, "accept_offer", ask)
    asked = customer_client.post(address)
    taken = customer_client.post(address, {"may_coincide": "1"})

    form = asked.content.decode().partition('<form id="accept"')[2].partition("</form>")[0]
    assert (asked.status_code, taken.status_code) == (409, 302)
    assert 'name="may_coincide"' in form
    assert "Afinación" in form
    assert "Book this one, too" in text_of(asked)


def test_the_page_after_joining_says_one_thing_at_a_time(customer_client, form_url):
    joined = customer_client.post(form_url, fill()).url
    before = text_of(customer_client.get(joined))

    offer(WaitlistEntry.objects.get())
    after = text_of(customer_client.get(joined))

    said = "Te escribimos en cuanto se libere una hora.", "Te escribimos por una hora que se liberó"
    assert [[each in page for each in said] for page in (before, after)] == [[True, False], [False, True]]


def test_an_offer_of_the_night_names_its_day_and_not_hundreds_of_minutes(customer_client, form_url):
    customer_client.post(form_url, fill())
    address = reverse("booking:waiting", args=[offer(WaitlistEntry.objects.get())]) + "?lang=es"
    by_day = text_of(customer_client.get(address))

    WaitlistEntry.objects.update(offer_expires_at=utc_now() + timedelta(hours=10))
    at_night = text_of(customer_client.get(address))

    assert ("minutos." in by_day, "minutos." in at_night, "Es tuya hasta el" in at_night) == (True, False, True)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("morning", "antes de las 12:00 p.m."),
        ("midday", "de 12:00 p.m. a 3:00 p.m."),
        ("afternoon", "desde las 3:00 p.m."),
    ],
)
def test_staff_and_who_waits_read_the_same_part_of_the_day(customer_client, owner_client, form_url, part, said):
    joined = customer_client.post(form_url, fill(part=part))

    pages = (customer_client.get(f"{joined.url}&lang=es"), owner_client.get(reverse("workspace:waitlist") + "?lang=es"))

    assert [said in text_of(each).replace("\xa0", " ") for each in pages] == [True, True]


def test_an_offer_lasts_to_the_minute_that_is_told(customer_client, form_url):
    customer_client.post(form_url, fill())
    offer(WaitlistEntry.objects.get())

    entry = WaitlistEntry.objects.get()

    assert entry.offer_expires_at == entry.offered_booking.hold_expires_at
    assert (entry.offer_expires_at.second, entry.offer_expires_at.microsecond) == (0, 0)


def test_declining_stays_and_late_is_told_kindly(customer_client, form_url):
    customer_client.post(form_url, fill())
    token = offer(WaitlistEntry.objects.get())

    declined = customer_client.post(reverse("booking:waiting_decline", args=[token]))
    late = customer_client.post(reverse("booking:waiting_accept", args=[token]))

    assert (declined.status_code, late.status_code) == (302, 409)
    assert WaitlistEntry.objects.get().status == "waiting"
    assert not Booking.objects.filter(source="waitlist", status="confirmed").exists()


def test_a_look_changes_nothing_and_leaving_takes_one_tap(customer_client, form_url):
    customer_client.post(form_url, fill())
    token = make_link_token(WaitlistEntry.objects.get())
    addresses = [reverse(f"booking:waiting_{act}", args=[token]) for act in ("accept", "decline", "leave")]

    looked = {customer_client.get(each).url for each in addresses}
    assert (looked, WaitlistEntry.objects.get().status) == ({reverse("booking:waiting", args=[token])}, "waiting")
    left = customer_client.post(addresses[2])

    assert left.status_code == 302
    assert WaitlistEntry.objects.get().status == "cancelled"
    assert customer_client.post(addresses[2]).status_code == 409


def test_a_link_that_nobody_got_leads_nowhere(customer_client, tenant):
    assert customer_client.get(reverse("booking:waiting", args=["no-token"])).status_code == 404


def test_staff_reads_the_order_and_takes_somebody_off(customer_client, owner_client, form_url):
    customer_client.post(form_url, fill(weekdays=["0", "2"], part="midday"))
    entry = WaitlistEntry.objects.get()

    page = owner_client.get(reverse("workspace:waitlist") + "?lang=es")
    beside = owner_client.get(reverse("workspace:waitlist_fits") + "?lang=es", headers={"HX-Request": "true"})
    removed = owner_client.post(reverse("workspace:waitlist_remove", args=[entry.pk]))

    entry.refresh_from_db()
    assert (page.status_code, beside.status_code, removed.status_code) == (200, 200, 302)
    assert "Laura Jiménez" in text_of(page)
    assert re.search(r"lun, mié\s+de 12:00 p\.m\. a 3:00 p\.m\.", text_of(page).replace("\xa0", " "))
    assert re.search(r"Laura Jiménez\s+Cabe a las? \d", text_of(beside))
    assert (entry.status, entry.log[-1]["step"], entry.log[-1]["by"]) == ("cancelled", "removed", "staff")


def test_a_board_looks_again_after_it_was_told_what_was_remembered(customer_client, owner_client, form_url):
    customer_client.post(form_url, fill())
    address = reverse("workspace:waitlist_fits") + f"?date={utc_now().date()}"

    first, second = (owner_client.get(address, headers={"HX-Request": "true"}).content.decode() for _ in range(2))

    again = f'hx-get="{address}" hx-trigger="load delay:'
    assert (again in first, again in second) == (False, True)


def test_the_part_beside_the_board_leads_to_the_board(owner_client):
    opened = owner_client.get(reverse("workspace:waitlist_fits") + "?date=2026-11-23")

    assert (opened.status_code, opened.url) == (302, reverse("workspace:board") + "?date=2026-11-23")


def test_the_queue_is_told_for_the_service_alone(customer_client, form_url):
    urls = [customer_client.post(form_url, fill(email=f"{each}@example.com", phone="")).url for each in "ab"]

    pages = [text_of(customer_client.get(url, {"lang": "es"})) for url in urls]

    assert "Nadie va antes que tú para este servicio." in pages[0]
    assert "1 persona va antes que tú para este servicio." in pages[1]


def test_who_joined_much_types_the_code_that_went_to_their_contact(customer_client, form_url, tenant):
    def send(day: int, **more: object):
        until = utc_now().date() + timedelta(days=day)
        return customer_client.post(form_url + "&lang=es", fill(to_on=until.isoformat(), **more))

    before = [send(day).status_code for day in range(3)]
    asked = send(3)
    send_messages(tenant.schema_name)
    codes = [re.search(r"\b\d{6}\b", sent.body) for sent in mail.outbox if "laura@example.com" in sent.to]
    code = next(found[0] for found in reversed(codes) if found)
    wrong = send(3, code=f"{(int(code) + 1) % 10**6:06}")
    made = send(3, code=code)

    assert (before, asked.status_code, wrong.status_code, made.status_code) == ([302] * 3, 200, 422, 302)
    assert "enviamos un código a laura@example.com" in re.sub(r"\s+", " ", text_of(asked))
    assert 'name="code"' in asked.content.decode()
    assert PERSON["name"] in asked.content.decode()
    assert [entry.details["is_proven"] for entry in WaitlistEntry.objects.order_by("pk")] == [False] * 3 + [True]


def test_no_code_is_asked_of_who_joins_once(customer_client, form_url):
    assert 'name="code"' not in customer_client.get(form_url).content.decode()
