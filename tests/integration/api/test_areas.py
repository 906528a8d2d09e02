"""What programs read and answer beside bookings: messages, opinions, the waitlist, and what was set up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from kernel.clock import utc_now
from scheduling.models import (
    AddOn,
    Booking,
    CapacityRule,
    ConversationLine,
    DateOverride,
    Feedback,
    Location,
    Resource,
    Series,
    Service,
    TimeOff,
    WaitlistEntry,
)
from scheduling.selectors.catalog.entries import get_service_entry
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.harness.documented import load_document
from tests.integration.api.conftest import make_booking_body


@pytest.fixture
def booking(customer_client) -> Booking:
    customer_client.post("/api/v1/bookings", make_booking_body(customer_client), content_type="application/json")
    return Booking.objects.get()


@pytest.fixture
def call(tenant):
    def call_(method: str, path: str, body: object = None, *, area: str, **query: object):
        client = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({area: 'write'})}"})
        if method == "get":
            return client.get(f"/api/v1/{path}", query)
        return getattr(client, method)(f"/api/v1/{path}", body or {}, content_type="application/json")

    return call_


def test_program_reads_and_writes_the_conversation(call, booking):
    path = f"bookings/{booking.pk}/messages"
    theirs = ConversationLine.objects.create(
        booking=booking, author="customer", text="¿Puedo llegar tarde?", written_at=utc_now()
    )

    answer = call("post", path, {"text": "Sí", "seen": theirs.pk}, area="messages")
    lines = call("get", path, area="messages").json()

    theirs.refresh_from_db()
    assert (answer.status_code, answer.json(), theirs.settled_at is None) == (201, {"is_new": True}, False)
    assert [(each["author"], each["name"], each["text"]) for each in lines["results"]] == [
        ("customer", "", "¿Puedo llegar tarde?"),
        ("staff", "Olga Owner", "Sí"),
    ]


def test_messages_of_all_bookings_are_listed_the_newest_first(call, booking, tenant):
    now = utc_now()
    said = [("customer", "Uno", None, 3), ("customer", "Dos", now, 2), ("staff", "Tres", None, 1)]
    lines = [
        ConversationLine.objects.create(
            booking=booking, author=author, text=text, settled_at=settled, written_at=now - timedelta(hours=hours)
        )
        for author, text, settled, hours in said
    ]
    ConversationLine.objects.filter(text="Tres").update(user=User.objects.get(role="owner"))

    whole = call("get", "messages", area="messages").json()
    first = call("get", "messages", limit=2, area="messages").json()
    second = call("get", "messages", limit=2, cursor=first["next"], area="messages").json()
    at = (now - timedelta(hours=2)).isoformat()
    found = {
        name: [each["text"] for each in call("get", "messages", area="messages", **query).json()["results"]]
        for name, query in {
            "waiting": {"waiting": True},
            "settled": {"waiting": False},
            "staff": {"author": "staff"},
            "since": {"written_since": at},
            "before": {"written_before": at},
        }.items()
    }

    assert whole["results"][0] == {
        "id": str(lines[2].pk),
        "booking": str(booking.pk),
        "author": "staff",
        "name": "Olga Owner",
        "text": "Tres",
        "written_at": whole["results"][0]["written_at"],
        "is_waiting": False,
    }
    assert [(each["text"], each["name"], each["is_waiting"]) for each in whole["results"][1:]] == [
        ("Dos", "", False),
        ("Uno", "", True),
    ]
    assert (first["results"] + second["results"], second["next"]) == (whole["results"], None)
    assert found == {
        "waiting": ["Uno"],
        "settled": ["Tres", "Dos"],
        "staff": ["Tres"],
        "since": ["Tres", "Dos"],
        "before": ["Uno"],
    }


def test_series_are_listed_and_read(call, booking):
    rows = [Series.objects.create(rule="RRULE:FREQ=WEEKLY", on_conflict="fail", created_at=utc_now()) for _ in "12"]
    Booking.objects.update(series=rows[0])

    whole = call("get", "series", area="bookings").json()
    first = call("get", "series", limit=1, area="bookings").json()
    second = call("get", "series", limit=1, cursor=first["next"], area="bookings").json()

    (made,) = whole["results"][1]["bookings"]
    assert [(each["id"], each["rule"]) for each in whole["results"]] == [
        (str(row.pk), "RRULE:FREQ=WEEKLY") for row in reversed(rows)
    ]
    assert {name: made[name] for name in ("id", "reference", "status", "customer")} == {
        "id": str(booking.pk),
        "reference": booking.reference,
        "status": "confirmed",
        "customer": str(booking.customer_id),
    }
    assert (first["results"] + second["results"], second["next"]) == (whole["results"], None)
    assert call("get", f"series/{rows[0].pk}", area="bookings").json() == whole["results"][1]
    theirs = call("get", "series", customer=booking.customer_id, area="bookings").json()["results"]
    assert theirs == whole["results"][1:]
    assert call("get", "series", customer=999, area="bookings").json()["results"] == []


@pytest.mark.parametrize("number", ["999", "x"])
def test_series_that_does_not_exist(call, number):
    answer = call("get", f"series/{number}", area="bookings")

    assert (answer.status_code, answer.json()["code"]) == (404, "series_not_found")


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x" * 1001}])
def test_message_that_says_nothing_is_refused(call, booking, body):
    answer = call("post", f"bookings/{booking.pk}/messages", body, area="messages")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["text"])
    assert ConversationLine.objects.count() == 0


def test_program_answers_hides_and_shows_opinions(call, booking):
    Feedback.objects.create(booking=booking, score=2, comment="Tardaron", may_publish=True, created_at=utc_now())
    path = f"feedback/{booking.pk}"
    done = [
        call("post", f"{path}/answer", {"text": "Lo sentimos"}, area="feedback").json(),
        call("post", f"{path}/hide", {"reason": "Nombra a alguien"}, area="feedback").json(),
        call("post", f"{path}/hide", {"reason": "Nombra a alguien"}, area="feedback").json(),
    ]
    hidden = call("get", "feedback", kind="low", area="feedback").json()["results"]
    shown = call("post", f"{path}/show", area="feedback").json()

    assert (done, shown) == ([{"is_changed": True}, {"is_changed": True}, {"is_changed": False}], {"is_changed": True})
    assert [
        {name: each[name] for name in ("booking", "score", "comment", "answer", "is_published")} for each in hidden
    ] == [
        {"booking": str(booking.pk), "score": 2, "comment": "Tardaron", "answer": "Lo sentimos", "is_published": False}
    ]
    assert call("get", "feedback", kind="unanswered", area="feedback").json() == {"results": [], "next": None}


def test_one_opinion_is_read_as_in_the_list(call, booking):
    Feedback.objects.create(booking=booking, score=4, comment="Bien", may_publish=True, created_at=utc_now())
    (listed,) = call("get", "feedback", area="feedback").json()["results"]

    assert call("get", f"feedback/{booking.pk}", area="feedback").json() == listed


@pytest.mark.parametrize("number", ["999", "x"])
def test_nobody_said_anything_there(call, number):
    answer = call("get", f"feedback/{number}", area="feedback")

    assert (answer.status_code, answer.json()["code"]) == (404, "feedback_not_found")


@pytest.mark.parametrize("step", ["answer", "hide", "show"])
@pytest.mark.parametrize("number", ["999", "x"])
def test_opinion_that_nobody_gave(call, step, number):
    body = {"answer": {"text": "x"}, "hide": {"reason": "x"}, "show": {}}[step]
    answer = call("post", f"feedback/{number}/{step}", body, area="feedback")

    assert (answer.status_code, answer.json()["code"]) == (404, "feedback_not_found")


def test_program_sees_who_waits_and_takes_them_off(call, customer_client):
    body = make_booking_body(customer_client)
    day = body.pop("starts_at")[:10]
    customer_client.post("/api/v1/waitlist", {**body, "from_on": day, "to_on": day}, content_type="application/json")
    (waiting,) = call("get", "waitlist", area="waitlist").json()["results"]

    gone = call("delete", f"waitlist/{waiting['id']}", area="waitlist")
    again = call("delete", f"waitlist/{waiting['id']}", area="waitlist")

    assert (waiting["status"], waiting["from_on"], waiting["services"]) == ("waiting", day, [str(body["service"])])
    assert waiting["customer"] == {"name": "Ana", "phone": "+525512345678", "email": "", "locale": "es"}
    assert (gone.status_code, again.status_code, again.json()["code"]) == (204, 409, "entry_ended")
    assert call("get", "waitlist", area="waitlist").json() == {"results": [], "next": None}
    assert [each["id"] for each in call("get", "waitlist", ended=True, area="waitlist").json()["results"]] == [
        str(WaitlistEntry.objects.get().pk)
    ]


@pytest.mark.parametrize("number", ["999", "x"])
@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_nobody_waits_there(call, method, number):
    answer = call(method, f"waitlist/{number}", area="waitlist")

    assert (answer.status_code, answer.json()["code"]) == (404, "waitlist_entry_not_found")


@pytest.fixture
def waiting(customer_client) -> WaitlistEntry:
    body = make_booking_body(customer_client)
    day = body.pop("starts_at")[:10]
    customer_client.post(
        "/api/v1/waitlist",
        {**body, "from_on": day, "to_on": day, "from_minute": 540, "to_minute": 720},
        content_type="application/json",
    )
    return WaitlistEntry.objects.get()


def test_program_says_when_somebody_who_waits_can_come(call, waiting):
    path = f"waitlist/{waiting.pk}"
    before = call("get", path, area="waitlist").json()
    until = (waiting.to_on + timedelta(days=7)).isoformat()
    sent = {"to_on": until, "weekdays": [4, 0, 4], "from_minute": None, "to_minute": None}

    answers = [call("patch", path, body, area="waitlist") for body in (sent, sent, {})]

    changed = {**before, "to_on": until, "weekdays": [0, 4], "from_minute": None, "to_minute": None}
    assert [(each.status_code, each.json()) for each in answers] == [(200, changed)] * 3
    assert call("get", "waitlist", area="waitlist").json()["results"] == [changed]
    waiting.refresh_from_db()
    assert [(line["step"], line["by"]) for line in waiting.log] == [("joined", "customer"), ("changed", "staff")]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to_on": "2020-01-01"}, "to_on"),
        ({"from_minute": None}, "to_minute"),
        ({"from_minute": 800}, "to_minute"),
        ({"weekdays": [7]}, "weekdays.0"),
        ({"service": "1"}, "service"),
    ],
)
def test_dates_that_nobody_can_have_change_nothing(call, waiting, body, field):
    answer = call("patch", f"waitlist/{waiting.pk}", body, area="waitlist")

    before = WaitlistEntry.objects.values().get()
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert (before["to_on"], before["from_minute"], len(before["log"])) == (waiting.to_on, 540, 1)


def test_who_waits_no_longer_is_not_changed(call, waiting):
    path = f"waitlist/{waiting.pk}"
    call("delete", path, area="waitlist")

    answer = call("patch", path, {"shortest_notice_minutes": 60}, area="waitlist")

    waiting.refresh_from_db()
    assert (answer.status_code, answer.json()["code"]) == (409, "entry_ended")
    assert (waiting.shortest_notice_minutes, call("get", path, area="waitlist").json()["status"]) == (0, "cancelled")


@pytest.mark.parametrize("name", ["locations", "resource_types", "capacity_rules", "add_ons"])
def test_what_was_set_up_is_listed_and_read(call, name):
    service = Service.objects.first()
    CapacityRule.objects.create(scope="tenant", period="day", measure="bookings", limit=5)
    AddOn.objects.create(service=service, name="Otro extra", minutes=15, price_minor=9000)
    query = {"service": service.pk} if name == "add_ons" else {}

    listed = call("get", name, area="catalog", **query).json()
    one = call("get", f"{name}/{listed['results'][0]['id']}", area="catalog").json()

    assert (one in listed["results"], listed["next"], one["is_active"]) == (True, None, True)
    assert call("get", name, area="catalog", archived=True, **query).json() == {"results": [], "next": None}


def test_service_and_resource_are_read_as_they_were_set_up(call):
    service = Service.objects.first()
    read = call("get", f"services/{service.pk}", area="catalog").json()
    setup = get_service_entry(service_id=service.pk, now=utc_now()).setup
    needs = setup.requirements[0]
    resource = call("get", f"resources/{needs.resource_ids[0] if needs.resource_ids else 1}", area="catalog").json()

    assert (read["name"], read["duration_minutes"], read["version"]) == (
        setup.name, setup.duration_minutes, service.version,
    )  # fmt: skip
    assert read["requirements"][0] == {
        "resources": [str(number) for number in needs.resource_ids],
        "resource_type": None if needs.resource_type_id is None else str(needs.resource_type_id),
        "skill": needs.skill,
        "quantity": needs.quantity,
        "starts_after_minutes": needs.starts_after_minutes,
        "duration_minutes": needs.duration_minutes,
        "same_as": needs.same_as,
    }
    assert {type(resource[name]) for name in ("id", "location", "resource_type")} == {str}


def test_document_says_what_may_be_missing():
    shapes = load_document()["components"]["schemas"]
    service, rule = shapes["ServiceSetup"]["properties"], shapes["CapacityRuleSetup"]["properties"]

    assert [service[name]["type"] for name in ("booking_window_days", "price_minor", "duration_minutes", "name")] == [
        ["integer", "null"], ["integer", "null"], "integer", "string",
    ]  # fmt: skip
    assert [rule[name]["type"] for name in ("location", "valid_from", "limit")] == [
        ["string", "null"], ["string", "null"], "integer",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["locations", "resource_types", "capacity_rules", "add_ons", "resources", "services"])
@pytest.mark.parametrize("number", ["999", "x"])
def test_thing_that_does_not_exist(call, name, number):
    assert call("get", f"{name}/{number}", area="catalog").status_code == 404


def test_whole_list_comes_a_page_at_a_time(call, tenant):
    for number in range(3):
        Location.objects.create(name=f"Sucursal {number}", timezone=tenant.timezone, position=number + 5)
    found, cursor = [], {}
    for _ in range(2):
        page = call("get", "locations", area="catalog", limit=2, **cursor).json()
        found += [each["name"] for each in page["results"]]
        cursor = {"cursor": page["next"]}

    assert (len(found), len(set(found)), cursor) == (4, 4, {"cursor": None})


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("locations", {}),
        ("catalog/resources", {}),
        ("catalog/services", {}),
        ("resource_types", {}),
        ("capacity_rules", {}),
        ("date_overrides", {"from": "2026-01-01", "to": "2026-12-31"}),
        ("time_off", {"ends_after": "2026-01-01T00:00:00Z", "starts_before": "2026-12-31T00:00:00Z"}),
    ],
)
def test_every_list_goes_on_after_its_last_row(call, tenant, name, query):
    place = Location.objects.first()
    resource = Resource.objects.first()
    for number in range(1, 4):
        Location.objects.create(name=f"Sucursal {number}", timezone=tenant.timezone, position=number)
        CapacityRule.objects.create(scope="location", location=place, limit=number, period="day", measure="bookings")
        at = datetime(2026, 3, number, tzinfo=UTC)
        DateOverride.objects.create(location=place, on=at.date())
        TimeOff.objects.create(resource=resource, starts_at=at, ends_at=at + timedelta(hours=1))
    whole = call("get", name, area="catalog", **query).json()["results"]
    found, cursor = [], ""
    while cursor is not None:
        asked = {"cursor": cursor} if cursor else {}
        page = call("get", name, area="catalog", limit=1, **query, **asked).json()
        found += page["results"]
        cursor = page["next"]

    assert len(whole) > 1
    assert found == whole


def test_extras_of_no_service(call, tenant):
    service = Service.objects.exclude(add_ons__isnull=False).first()

    assert call("get", "add_ons", area="catalog", service=service.pk).json() == {"results": [], "next": None}
    assert call("get", "add_ons", area="catalog", service=999).json()["code"] == "service_not_found"


@pytest.mark.parametrize("cursor", ["waitlist.WzFd", "locations.Wy0xXQ", "locations.x", "locations.WyJhIl0"])
def test_cursor_of_another_list_is_refused(call, cursor):
    answer = call("get", "locations", area="catalog", cursor=cursor)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["cursor"])
