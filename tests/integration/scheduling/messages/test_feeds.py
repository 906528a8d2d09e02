"""Calendar feeds: what they tell, to whom, and what a program that asks again is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from icalendar import Calendar

from accounts.models import User
from audit.selectors.log import list_changes
from audit.types import FieldChange
from scheduling.errors import ResourceNotFound
from scheduling.errors.feeds import FeedNotFound, TooManyFeeds
from scheduling.models import Allocation, Booking, CalendarFeed, Resource, TimeOff
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.messages.feeds import files, links
from scheduling.services.messages.feeds.files import AHEAD, PAST, write_feed
from scheduling.services.messages.feeds.links import (
    NOTE,
    NOUN,
    USED_EVERY,
    add_feed,
    derive_feeds_anew,
    list_feeds,
    revoke_feed,
)
from scheduling.types import Actor
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.types import RestoredTenant
from tests.conftest import HostClient
from tests.factories import scheduling
from tests.integration.scheduling.messages.conftest import NOW

STAFF = Actor(kind="staff", user_id=None)


@pytest.fixture
def booking(book):
    return book()


def subscribe(resource_id: int, *, is_full: bool = False, maker: User | None = None) -> str:
    """Return the token of a new feed that somebody made, or the owner."""
    by = Actor(kind="staff", user_id=(maker or User.objects.get(role="owner")).pk)
    feed_id = add_feed(resource_id=resource_id, is_full=is_full, by=by, now=NOW)
    url = next(each.url for each in list_feeds() if each.id == feed_id)
    return url.removesuffix("/calendar.ics").rpartition("/")[2]


def read(token: str, *, now=NOW) -> list:
    return list(Calendar.from_ical(write_feed(token=token, now=now)).walk("VEVENT"))


def test_private_feed_tells_that_the_time_is_taken_and_no_more(tenant, booking):
    taken = booking.resources[0]
    token = subscribe(taken.resource_id)

    content = write_feed(token=token, now=NOW)
    (event,) = read(token)

    assert {key: event[key].to_ical().decode() for key in event} == {
        "UID": booking.ics_uid,
        "SEQUENCE": "0",
        "DTSTAMP": f"{booking.created_at:%Y%m%dT%H%M%SZ}",
        "DTSTART": f"{taken.starts_at:%Y%m%dT%H%M%SZ}",
        "DTEND": f"{taken.ends_at:%Y%m%dT%H%M%SZ}",
        "STATUS": "CONFIRMED",
        "SUMMARY": "Ocupado",
        "CLASS": "PRIVATE",
    }
    for secret in (b"Ana", booking.service_name.encode(), booking.reference.encode(), b"5512345678", b"ABC123D"):
        assert secret not in content


def test_feed_without_bookings_is_a_calendar_all_the_same(tenant):
    token = subscribe(Resource.objects.first().pk)

    content = write_feed(token=token, now=NOW)
    (zone,) = Calendar.from_ical(content).subcomponents

    assert (zone.name, str(zone["TZID"]), write_feed(token=token, now=NOW) == content) == ("VTIMEZONE", "UTC", True)


def test_full_feed_tells_who_comes_for_what(tenant, booking):
    (event,) = read(subscribe(booking.resources[0].resource_id, is_full=True))

    assert str(event["SUMMARY"]) == f"{booking.service_name} · Ana Ruiz"
    told = ("+525512345678", booking.reference, "/workspace/bookings/")
    assert [word in str(event["DESCRIPTION"]) for word in told] == [True, True, True]
    assert ("CLASS" in event, booking.location_name in str(event["LOCATION"])) == (False, True)


def test_full_feed_tells_how_to_reach_who_left_no_phone(tenant, book):
    booking = book(phone=None)

    (event,) = read(subscribe(booking.resources[0].resource_id, is_full=True))

    assert str(event["DESCRIPTION"]).splitlines()[0] == "ana@example.com"


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        ({"name": "Olga"}, True),
        ({"role": "manager"}, True),
        ({"role": "receptionist"}, False),
        ({"role": "provider"}, False),
        ({"is_active": False}, False),
    ],
)
def test_full_feed_tells_no_names_once_its_maker_may_not(tenant, booking, change, is_told):
    """Deactivated or with a lower role, they would read on for years; it says that the time is taken, and no more."""
    maker = User.objects.create(email="marta@example.com", name="Marta", role="manager")
    token = subscribe(booking.resources[0].resource_id, is_full=True, maker=maker)
    before = write_feed(token=token, now=NOW).replace(b"\r\n ", b"")
    User.objects.filter(pk=maker.pk).update(**change)

    after = write_feed(token=token, now=NOW).replace(b"\r\n ", b"")

    (seen,) = list_feeds()
    assert (b"Ana Ruiz" in before, b"Ana Ruiz" in after, seen.tells_names, seen.is_full) == (
        True, is_told, is_told, True,
    )  # fmt: skip
    secrets = (b"5512345678", booking.reference.encode(), booking.service_name.encode())
    assert [word in after for word in secrets] == [is_told] * len(secrets)
    assert len(read(token)) == 1


def test_full_feed_of_whoever_is_gone_tells_no_names(tenant, booking):
    maker = User.objects.create(email="marta@example.com", name="Marta", role="manager")
    token = subscribe(booking.resources[0].resource_id, is_full=True, maker=maker)
    maker.delete()

    (event,) = read(token)

    assert (str(event["SUMMARY"]), list_feeds()[0].made_by) == ("Ocupado", "")


def test_provider_reads_names_of_their_own_visits_alone(tenant, booking):
    """Also once they are booked as somebody else."""
    maker = User.objects.create(email="pedro@example.com", name="Pedro", role="provider")
    resource = Resource.objects.filter(pk=booking.resources[0].resource_id)
    resource.update(user=maker)
    token = subscribe(resource.get().pk, is_full=True, maker=maker)

    own = str(read(token)[0]["SUMMARY"])
    resource.update(user=None)

    assert (own, str(read(token)[0]["SUMMARY"])) == (f"{booking.service_name} · Ana Ruiz", "Ocupado")


def test_use_is_known_to_an_hour(tenant, booking, django_assert_num_queries):
    token = subscribe(booking.resources[0].resource_id)
    seen = [list_feeds()[0].last_used_at]
    for later in (timedelta(0), USED_EVERY - timedelta(seconds=1), USED_EVERY):
        write_feed(token=token, now=NOW + later)
        seen.append(list_feeds()[0].last_used_at)

    assert seen == [None, NOW, NOW, NOW + USED_EVERY]


@pytest.mark.parametrize("is_full", [True, False])
def test_time_off_is_told_without_its_reason(tenant, booking, is_full):
    resource_id = booking.resources[0].resource_id
    token = subscribe(resource_id, is_full=is_full)
    starts_at, day = NOW + timedelta(days=20), timedelta(days=1)
    row = TimeOff.objects.create(
        resource_id=resource_id, starts_at=starts_at, ends_at=starts_at + day, reason="Surgery"
    )
    TimeOff.objects.create(resource_id=resource_id, starts_at=starts_at, ends_at=starts_at + 2 * day, is_active=False)
    other = Resource.objects.filter(is_active=True).exclude(pk=resource_id).first()
    TimeOff.objects.create(resource=other, starts_at=starts_at, ends_at=starts_at + 3 * day)

    content = write_feed(token=token, now=NOW)
    event = read(token)[-1]

    assert (len(read(token)), event.start, event.end, b"Surgery" in content) == (2, starts_at, starts_at + day, False)
    assert (str(event["SUMMARY"]), "CLASS" in event, int(event["SEQUENCE"])) == (
        "Ausencia" if is_full else "Ocupado", not is_full, 0,
    )  # fmt: skip
    assert write_feed(token=token, now=NOW + timedelta(hours=2)) == content
    TimeOff.objects.filter(pk=row.pk).update(version=2, ends_at=starts_at + 2 * day)
    moved = read(token)[-1]
    assert (moved["UID"] == event["UID"], int(moved["SEQUENCE"]), moved.end) == (True, 1, starts_at + 2 * day)


def test_time_off_of_far_days_is_left_out(tenant, booking):
    resource_id = booking.resources[0].resource_id
    token = subscribe(resource_id)
    Booking.objects.all().delete()
    row = TimeOff.objects.create(resource_id=resource_id, starts_at=NOW, ends_at=NOW + timedelta(days=1))

    second = timedelta(seconds=1)
    told = [
        len(read(token, now=at))
        for at in (
            row.starts_at - AHEAD,
            row.starts_at - AHEAD + second,
            row.ends_at + PAST,
            row.ends_at + PAST - second,
        )
    ]

    assert told == [0, 1, 0, 1]


def test_group_is_taken_once_and_full_with_each_who_comes(tenant):
    resource_id = scheduling.make_resource(scheduling.make_place())
    service_id = scheduling.make_service((resource_id,), seats=3)
    for _ in range(2):
        scheduling.book(service_id)

    told = [len(read(subscribe(resource_id, is_full=each), now=scheduling.NOW)) for each in (False, True)]

    assert told == [1, 2]


def test_file_is_valid_and_says_whose_it_is(tenant, booking):
    resource = Resource.objects.get(pk=booking.resources[0].resource_id)
    content = write_feed(token=subscribe(resource.pk, is_full=True), now=NOW)
    calendar = Calendar.from_ical(content)

    assert (str(calendar["VERSION"]), str(calendar["METHOD"]), str(calendar["NAME"])) == (
        "2.0", "PUBLISH", f"{resource.name} · {tenant.name}",
    )  # fmt: skip
    assert (calendar.errors, [event.errors for event in calendar.walk("VEVENT")]) == ([], [[]])
    lines = content.split(b"\r\n")
    assert (lines[-1], max(len(line) for line in lines) <= 75, b"\n" in b"".join(lines)) == (b"", True, False)


def test_what_is_called_off_held_or_a_test_is_not_told(tenant, book, booking):
    token = subscribe(booking.resources[0].resource_id)
    cancel_booking(booking_id=booking.id, now=NOW, by=STAFF, reason="ill")
    cancelled = read(token)
    Booking.objects.update(status="confirmed", is_active=True)
    back = read(token)
    Booking.objects.update(status="held", hold_expires_at=NOW + timedelta(minutes=5))
    held = read(token)
    tests = {"is_test": True, "customer": None, "asset": None, "rule_usage": [], "group_share": []}
    Booking.objects.update(status="confirmed", hold_expires_at=None, **tests)

    assert (cancelled, len(back), held, read(token)) == ([], 1, [], [])


def test_others_and_far_days_are_left_out(tenant, booking):
    token = subscribe(booking.resources[0].resource_id)
    used = {each.resource_id for each in booking.resources}
    other = subscribe(Resource.objects.filter(is_active=True).exclude(pk__in=used).first().pk)

    ends = [booking.starts_at - AHEAD, booking.ends_at + PAST]
    assert [len(read(token, now=at)) for at in (ends[0], ends[0] + timedelta(seconds=1))] == [0, 1]
    assert [len(read(token, now=at)) for at in (ends[1], ends[1] - timedelta(seconds=1))] == [0, 1]
    assert read(other) == []


def test_of_too_many_those_that_come_are_told_first(tenant, book, booking, monkeypatch):
    later = book(starts_after=booking.ends_at, name="Berta")
    monkeypatch.setattr(files, "MOST_BOOKINGS", 1)
    taken = Allocation.objects.filter(booking_id=booking.id).select_related("resource").first()
    same_type = {"booking_id": later.id, "resource__resource_type_id": taken.resource.resource_type_id}
    Allocation.objects.filter(**same_type).update(resource_id=taken.resource_id, lane_id=taken.lane_id)
    token = subscribe(taken.resource_id)

    at = [booking.starts_at - timedelta(hours=1), booking.ends_at, later.ends_at]
    uids = [[str(event["UID"]) for event in read(token, now=each)] for each in at]

    assert uids == [[booking.ics_uid], [later.ics_uid], [booking.ics_uid]]


def test_what_waits_for_an_answer_is_tentative(tenant, booking):
    Booking.objects.update(status="pending_approval")

    (event,) = read(subscribe(booking.resources[0].resource_id))

    assert str(event["STATUS"]) == "TENTATIVE"


def test_queries_do_not_grow_with_bookings(tenant, book, booking, django_assert_num_queries):
    token = subscribe(booking.resources[0].resource_id)
    write_feed(token=token, now=NOW)  # now it is known to be used
    for count in (1, 3):
        while Booking.objects.count() < count:
            book(starts_after=NOW + timedelta(days=2, hours=Booking.objects.count()), name=f"Ana {count}")
        with django_assert_num_queries(6):
            write_feed(token=token, now=NOW)


def test_revoked_and_unknown_links_lead_nowhere(tenant, booking):
    token = subscribe(booking.resources[0].resource_id)
    for feed in list_feeds():
        for _ in range(2):
            revoke_feed(feed_id=feed.id, by=STAFF, now=NOW)

    for lost in (token, "no-token", ""):
        with pytest.raises(FeedNotFound):
            write_feed(token=lost, now=NOW)


def test_link_of_whoever_is_archived_leads_nowhere_until_they_are_back(tenant, booking):
    resource = Resource.objects.filter(pk=booking.resources[0].resource_id)
    token = subscribe(resource.get().pk, is_full=True)
    resource.update(is_active=False)

    with pytest.raises(FeedNotFound):
        write_feed(token=token, now=NOW)
    assert list_feeds() == ()

    resource.update(is_active=True)
    assert (len(read(token)), len(list_feeds())) == (1, 1)


def test_only_what_is_in_use_has_a_link_and_not_without_end(tenant, booking, monkeypatch):
    resource = Resource.objects.get(pk=booking.resources[0].resource_id)
    monkeypatch.setattr(links, "MOST_FEEDS", 1)
    subscribe(resource.pk)

    with pytest.raises(TooManyFeeds):
        subscribe(resource.pk)
    Resource.objects.filter(pk=resource.pk).update(is_active=False)
    for missing in (resource.pk, 0):
        with pytest.raises(ResourceNotFound):
            subscribe(missing)
    assert CalendarFeed.objects.count() == 1


def test_restored_business_has_new_links(tenant, booking):
    old = subscribe(booking.resources[0].resource_id)
    CalendarFeed.objects.update(token_hash="of the schema before")

    notes = derive_feeds_anew(RestoredTenant(tenant, former_schema="t_before", is_same_secret=True, at=NOW))

    assert (notes, len(read(old))) == ((NOTE,), 1)  # the same schema derives the same link
    CalendarFeed.objects.all().delete()
    assert derive_feeds_anew(RestoredTenant(tenant, "t_before", is_same_secret=True, at=NOW)) == ()


@pytest.mark.parametrize(("status", "code"), [("suspended", 200), ("closed", 403)])
def test_closed_business_tells_no_calendar_who_comes(tenant, booking, customer_client: HostClient, status, code):
    path = f"/feeds/{subscribe(booking.resources[0].resource_id, is_full=True)}/calendar.ics"
    Tenant.objects.filter(pk=tenant.id).update(status=status)
    forget_tenants()

    with time_machine.travel(NOW, tick=False):
        answer = customer_client.get(path)

    unfolded = answer.content.replace(b"\r\n ", b"")
    assert (answer.status_code, b"Ana Ruiz" in unfolded) == (code, code == 200)


def test_program_that_has_it_is_told_that_nothing_changed(tenant, booking, customer_client: HostClient):
    path = f"/feeds/{subscribe(booking.resources[0].resource_id)}/calendar.ics"
    with time_machine.travel(NOW, tick=False):
        first = customer_client.get(path)
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        same = customer_client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        cancel_booking(booking_id=booking.id, now=NOW, by=STAFF, reason="ill")
        changed = customer_client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert [each.status_code for each in (first, same, changed)] == [200, 304, 200]
    assert (first.headers["Content-Type"], first.headers["Cache-Control"], same.content) == (
        "text/calendar; charset=utf-8", "private, no-cache", b"",
    )  # fmt: skip
    assert first.headers["X-Robots-Tag"] == "noindex"
    assert [customer_client.get(each).status_code for each in ("/feeds/no-token/calendar.ics",)] == [404]


def test_owner_makes_and_revokes_a_link(tenant, booking, owner_client: HostClient):
    page, resource_id = "/workspace/feeds/", booking.resources[0].resource_id
    wrong = owner_client.post(page, {"resource": "0", "details": "all"})
    made = owner_client.post(page, {"resource": resource_id, "details": "full"})
    (feed,) = list_feeds()
    olga = User.objects.get(role="owner").pk
    shown = owner_client.get(page).content.decode()
    owner_client.post(f"{page}{feed.id}/revoke/")

    assert (wrong.status_code, made.status_code, feed.is_full, feed.url in shown) == (422, 302, True, True)
    assert list_feeds() == ()
    assert [(each.action, each.user_id, each.fields) for each in list_changes(noun=NOUN, row_id=feed.id)] == [
        ("deleted", olga, (FieldChange("is_full", True, None), FieldChange("resource_id", resource_id, None))),
        ("created", olga, (FieldChange("is_full", None, True), FieldChange("resource_id", None, resource_id))),
    ]


def test_changes_are_said_also_of_what_is_gone(tenant, booking, owner_client: HostClient):
    page, resource_id = "/workspace/feeds/", booking.resources[0].resource_id
    name = Resource.objects.get(pk=resource_id).name
    for details in ("full", "busy"):
        owner_client.post(page, {"resource": resource_id, "details": details})
    owner_client.post(f"{page}{list_feeds()[0].id}/revoke/")
    Resource.objects.filter(pk=resource_id).update(is_active=False)

    shown = owner_client.get(f"{page}?lang=en").content.decode()

    said = ("Link made, with names", "Link made, without names", "Link revoked")
    assert [shown.count(f"<b>{name}</b> · {text}") for text in said] == [1, 1, 1]
    assert User.objects.get(role="owner").name in shown


def test_page_says_when_names_are_told_no_more_and_when_it_was_read(tenant, booking, owner_client: HostClient):
    maker = User.objects.create(email="marta@example.com", name="Marta", role="manager")
    token = subscribe(booking.resources[0].resource_id, is_full=True, maker=maker)
    before = owner_client.get("/workspace/feeds/?lang=en").content.decode()
    write_feed(token=token, now=NOW)
    maker.is_active = False
    maker.save()

    after = owner_client.get("/workspace/feeds/?lang=en").content.decode()

    for text, expected in (
        ("With names", (True, False)), ("It shows no names any more", (False, True)), ("Never yet", (True, False)),
        ("Marta", (True, True)),
    ):  # fmt: skip
        assert (text in before, text in after) == expected, text


@pytest.fixture
def provider(tenant, booking) -> tuple[HostClient, int]:
    """Somebody who is booked and signed in, and what they are booked as."""
    person = User.objects.create(email="pedro@example.com", name="Pedro", role="provider")
    resource_id = booking.resources[0].resource_id
    Resource.objects.filter(pk=resource_id).update(user=person)
    client = HostClient(tenant.primary_host)
    client.force_login(person)
    return client, resource_id


def test_provider_makes_and_revokes_their_own_link(provider, booking):
    client, resource_id = provider
    page = "/workspace/account/calendar/"
    wrong = client.post(page, {"resource": resource_id, "details": "all"})
    made = client.post(page, {"resource": resource_id, "details": "full"})
    (feed,) = list_feeds()
    shown = client.get(page).content.decode()
    token = feed.url.removesuffix("/calendar.ics").rpartition("/")[2]
    told = str(read(token)[0]["SUMMARY"])
    client.post(f"{page}{feed.id}/revoke/")

    assert (wrong.status_code, made.status_code, feed.url in shown) == (422, 302, True)
    assert (told, feed.made_by, list_feeds()) == (f"{booking.service_name} · Ana Ruiz", "Pedro", ())


def test_provider_sees_makes_and_revokes_nobody_elses(provider, booking):
    client, resource_id = provider
    page = "/workspace/account/calendar/"
    other = Resource.objects.filter(is_active=True).exclude(pk=resource_id).first()
    for each in (other.pk, resource_id):
        subscribe(each, is_full=True)
    before = list_feeds()

    refused = client.post(page, {"resource": other.pk, "details": "full"})
    for feed in before:
        client.post(f"{page}{feed.id}/revoke/")

    assert (refused.status_code, list_feeds()) == (422, before)
    assert [feed.url in client.get(page).content.decode() for feed in before] == [False, False]
    by = Actor(kind="staff", user_id=User.objects.get(name="Pedro").pk)
    with pytest.raises(ResourceNotFound):
        add_feed(resource_id=other.pk, is_full=False, by=by, now=NOW, is_own=True)


def test_provider_is_told_when_no_more_links_fit(provider, monkeypatch):
    client, resource_id = provider
    monkeypatch.setattr(links, "MOST_FEEDS", 0)

    answer = client.post("/workspace/account/calendar/?lang=en", {"resource": resource_id, "details": "busy"})

    assert (answer.status_code, "You have 0 calendar links" in answer.content.decode()) == (409, True)


def test_whoever_is_not_booked_is_told_so(tenant, owner_client: HostClient):
    shown = owner_client.get("/workspace/account/calendar/?lang=en").content.decode()

    assert ["Nobody can book you yet" in shown, "<textarea" in shown, 'name="details"' in shown] == [True, False, False]


def test_one_link_too_many_is_said(tenant, booking, owner_client: HostClient, monkeypatch):
    monkeypatch.setattr(links, "MOST_FEEDS", 0)

    answer = owner_client.post(
        "/workspace/feeds/?lang=en", {"resource": booking.resources[0].resource_id, "details": "busy"}
    )

    assert (answer.status_code, "You have 0 calendar links" in answer.content.decode()) == (409, True)
