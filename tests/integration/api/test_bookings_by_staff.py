"""Bookings by staff and programs: listed and narrowed, made over the rules, and taken step by step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from kernel.clock import utc_now
from kernel.page import make_cursor
from notifications.models import Event
from scheduling.models import Booking, Resource
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.integration.api.conftest import make_booking_body

PATH = "/api/v1/bookings"


@pytest.fixture
def program(tenant) -> HostClient:
    return HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'bookings': 'write'})}"})


def post(client: HostClient, path: str = PATH, body: object = None, **headers: str):
    return client.post(path, {} if body is None else body, content_type="application/json", headers=headers)


def book(client: HostClient, **changes: object) -> dict:
    answer = post(client, body=make_booking_body(client, **changes))
    assert answer.status_code == 201, answer.content
    return answer.json()


def step(client: HostClient, booking: dict, name: str, body: object = None):
    return post(client, f"{PATH}/{booking['id']}/{name}", body)


def test_program_books_without_code_and_reads_what_it_booked(program):
    booked = book(program, note="Trae llave")
    row = Booking.objects.get()

    read = program.get(f"{PATH}/{booked['id']}").json()
    listed = program.get(PATH).json()

    assert (booked["status"], booked["reference"], booked["id"]) == ("confirmed", row.reference, str(row.pk))
    assert listed == {"results": [read], "next": None}
    assert {name: read[name] for name in ("id", "source", "status", "note", "asset", "party_size", "series")} == {
        "id": str(row.pk),
        "source": "api",
        "status": "confirmed",
        "note": "Trae llave",
        "asset": {"make": "Nissan", "model": "Versa"},
        "party_size": 1,
        "series": None,
    }
    assert read["customer"] == {
        "id": str(row.customer_id), "name": "Ana", "phone": "+525512345678", "email": "", "locale": "es",
    }  # fmt: skip
    assert [each["id"] for each in read["services"]] == [str(row.service_id)]
    assert {each["id"] for each in read["resources"]} == {
        str(number) for number in row.allocations.values_list("resource_id", flat=True)
    }


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_many_as_for_one(program, number, django_assert_num_queries):
    for index in range(number):
        book(program, customer={"name": "Eva", "email": f"eva-{index}@example.com"})
    program.get(PATH)

    with django_assert_num_queries(10):
        assert len(program.get(PATH).json()["results"]) == number


def test_list_is_narrowed(program, customer_client):
    ours, theirs = book(program), book(customer_client, customer={"name": "Eva", "phone": "+525587654321"})
    post(program, f"{PATH}/{ours['id']}/cancel", {"cause": "told"})
    mine, other = (Booking.objects.get(reference=each["reference"]) for each in (ours, theirs))
    start, end = other.starts_at.isoformat(), (other.starts_at + timedelta(minutes=1)).isoformat()
    taken = other.allocations.first().resource_id

    def ask(**query: object) -> list[str]:
        answer = program.get(PATH, query)
        assert answer.status_code == 200, answer.content
        return sorted(each["reference"] for each in answer.json()["results"])

    both = sorted([mine.reference, other.reference])
    assert [
        ask(),
        ask(status="cancelled"),
        ask(customer=other.customer_id),
        ask(service=other.service_id),
        ask(service=999),
        ask(resource=taken),
        ask(reference=other.reference.lower()),
        ask(starts_after=start, starts_before=end),
        ask(starts_before=start),
    ] == [
        both,
        [mine.reference],
        [other.reference],
        both,
        [],
        [other.reference],
        [other.reference],
        sorted(each.reference for each in (mine, other) if each.starts_at == other.starts_at),
        sorted(each.reference for each in (mine,) if each.starts_at < other.starts_at),
    ]


def test_list_goes_on_where_it_ended(program):
    made = [book(program, customer={"name": "Eva", "email": f"eva-{number}@example.com"}) for number in range(3)]
    first = program.get(PATH, {"limit": 2}).json()
    second = program.get(PATH, {"limit": 2, "cursor": first["next"]}).json()

    found = [each["id"] for page in (first, second) for each in page["results"]]
    assert ([len(first["results"]), len(second["results"])], second["next"]) == ([2, 1], None)
    assert sorted(found) == sorted(each["id"] for each in made)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"cursor": make_cursor([utc_now(), 1])}, "cursor"),
        ({"cursor": f"customers.{make_cursor([utc_now(), 1])}"}, "cursor"),
        ({"cursor": "bookings.x"}, "cursor"),
        ({"cursor": "bookings."}, "cursor"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"status": "lost"}, "status"),
        ({"starts_after": "tomorrow"}, "starts_after"),
        ({"color": "red"}, "color"),
    ],
)
def test_what_nobody_can_mean_is_said_at_its_field(program, query, field):
    answer = program.get(PATH, query)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_booking_over_the_rules_needs_a_reason_and_the_right(tenant, program):
    body = make_booking_body(program, starts_at="2030-01-06T09:03:00Z")
    refused = post(program, body=body)
    booked = post(program, body={**body, "override": {"reason": "Viene de lejos"}})

    row = Booking.objects.get()
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_unavailable")
    assert (booked.status_code, row.override_reason) == (201, "Viene de lejos")
    assert row.overridden_by_id == User.objects.get(role="owner").pk


@pytest.mark.parametrize(("who", "status"), [("", 401), ("receptionist", 403)])
def test_who_may_not_overbook_books_nothing(tenant, who, status):
    client = HostClient(tenant.primary_host, headers={"X-CSRFToken": "x"})
    if who:
        client.force_login(User.objects.create(email=f"{who}@example.com", name=who, role=who))

    answer = post(client, body=make_booking_body(client, override={"reason": "x"}))

    assert (answer.status_code, Booking.objects.count()) == (status, 0)


def test_staff_books_without_a_hold(program):
    answer = post(program, body={"hold": "1.x", "token": "x", "customer": {"name": "Ana"}})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["hold"])


def test_staff_books_one_date_at_a_time(program):
    repeats = {"every_weeks": 1, "starts": ["2030-01-06T09:00:00Z"]}
    answer = post(program, body=make_booking_body(program, repeats=repeats))

    assert (answer.status_code, list(answer.json()["errors"]), Booking.objects.count()) == (422, ["repeats"], 0)


def test_customer_is_named_as_the_body_names_them(program):
    answer = post(program, body=make_booking_body(program, customer={"name": "Ana", "phone": "961"}))

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["customer.phone"])


def test_session_counts_only_where_it_is_marked(owner_client):
    """The booking page in the browser of somebody who works here books as anyone."""
    marked = {"X-CSRFToken": "x"}
    made = [post(owner_client, body=make_booking_body(owner_client), **headers).json() for headers in (marked, {})]
    listed = [owner_client.get(PATH, headers=headers).status_code for headers in (marked, {})]

    assert (["id" in each for each in made], listed) == ([True, False], [200, 401])


def test_marked_session_needs_its_token(tenant, owner_client):
    client = HostClient(tenant.primary_host, enforce_csrf_checks=True)
    client.cookies = owner_client.cookies

    answer = post(client, body=make_booking_body(client), **{"X-CSRFToken": "forged"})

    assert (answer.status_code, Booking.objects.count()) == (403, 0)


def test_visit_goes_step_by_step_and_each_step_once(program):
    booking = book(program)
    stands = []
    for name in ("arrive", "arrive", "start", "complete"):
        answer = step(program, booking, name)
        stands.append((answer.status_code, answer.json()["status"]))
    late = step(program, booking, "cancel", {"cause": "told"})

    assert stands == [(200, "arrived"), (200, "arrived"), (200, "in_progress"), (200, "completed")]
    assert (late.status_code, late.json()["code"]) == (409, "transition_refused")


def test_request_is_accepted_or_declined(program, customer_client):
    made = []
    for number in range(2):
        book(customer_client, customer={"name": "Eva", "email": f"eva-{number}@example.com"})
        row = Booking.objects.latest("pk")
        Booking.objects.filter(pk=row.pk).update(status="pending_approval", confirmed_at=None)
        made.append({"id": row.pk})

    answers = [step(program, made[0], "confirm"), step(program, made[1], "decline", {"reason": "Estamos llenos"})]

    assert [(each.status_code, each.json()["status"]) for each in answers] == [(200, "confirmed"), (200, "declined")]
    assert Booking.objects.get(pk=made[1]["id"]).cancelled_reason == "Estamos llenos"


@pytest.mark.parametrize(("body", "status"), [({}, 422), ({"cause": "rain"}, 422), ({"reason": "Cerramos"}, 200)])
def test_cancelling_says_why(program, body, status):
    booking = book(program)

    answer = step(program, booking, "cancel", body)

    row = Booking.objects.get()
    assert (answer.status_code, row.status) == (status, "cancelled" if status == 200 else "confirmed")
    assert row.cancelled_reason == body.get("reason", "")


def test_nobody_is_missing_before_the_start(program):
    answer = step(program, book(program), "no_show")

    assert (answer.status_code, answer.json()["code"]) == (409, "transition_refused")


def test_booking_moves_to_another_time_and_resource(program):
    booking = book(program)
    before = Booking.objects.get()
    to = before.starts_at + timedelta(days=7)
    taken = before.allocations.first().resource
    kind = Resource.objects.filter(resource_type=taken.resource_type)
    other = kind.exclude(pk__in=before.allocations.values("resource_id")).first().pk

    moved = step(program, booking, "reschedule", {"starts_at": to.isoformat()})
    assigned = step(program, booking, "reassign", {"resources": [other]})
    refused = step(program, booking, "reassign", {"resources": [999]})

    after = Booking.objects.get()
    assert (moved.status_code, assigned.status_code, after.starts_at) == (200, 200, to)
    assert other in after.allocations.filter(is_active=True).values_list("resource_id", flat=True)
    assert (refused.status_code, refused.json()["code"]) == (404, "resource_not_found")


def tell(number: int) -> dict[str, object]:
    payload = Event.objects.filter(kind="booking.rescheduled").order_by("pk")[number].payload
    return {name: payload[name] for name in ("line", "is_silent") if name in payload}


def test_booking_gets_another_length_and_the_customer_reads_of_it_or_not(program):
    booking = book(program)
    before = Booking.objects.get()
    body = {"starts_at": before.starts_at.isoformat(), "length_minutes": 95, "tell": False, "line": "x"}
    persons = before.allocations.values_list("resource_id", flat=True)
    other = Resource.objects.filter(resource_type__is_person=True).exclude(pk__in=persons).first().pk

    longer = step(program, booking, "reschedule", body)
    assigned = step(program, booking, "reassign", {"resources": [other], "line": "Le atiende Eva"})

    after = Booking.objects.get()
    assert [longer.status_code, assigned.status_code] == [200, 200]
    assert (after.starts_at, after.ends_at) == (before.starts_at, before.starts_at + timedelta(minutes=95))
    assert [tell(0), tell(1)] == [{"is_silent": True}, {"line": "Le atiende Eva"}]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"length_minutes": 0}, "length_minutes"),
        ({"length_minutes": 100_000}, "length_minutes"),
        ({"line": "x" * 161}, "line"),
    ],
)
def test_length_or_line_that_cannot_be_changes_nothing(program, wrong, field):
    booking = book(program)
    before = Booking.objects.values("starts_at", "ends_at", "sequence").get()

    refused = step(program, booking, "reschedule", {"starts_at": before["starts_at"].isoformat(), **wrong})

    assert (refused.status_code, list(refused.json()["errors"])) == (422, [field])
    assert Booking.objects.values("starts_at", "ends_at", "sequence").get() == before


def test_move_over_the_rules_keeps_its_reason(program):
    booking = book(program)
    body = {"starts_at": "2030-01-06T09:03:00Z"}

    refused = step(program, booking, "reschedule", body)
    moved = step(program, booking, "reschedule", {**body, "override": {"reason": "Viene de lejos"}})

    assert (refused.status_code, moved.status_code) == (409, 200)
    assert Booking.objects.get().override_reason == "Viene de lejos"


@pytest.mark.parametrize("name", ["", "/confirm", "/cancel", "/arrive", "/reschedule", "/reassign"])
def test_booking_that_does_not_exist(program, name):
    bodies = {"/cancel": {"cause": "told"}, "/reschedule": {"starts_at": "2030-01-06T09:00:00Z"}}
    body = bodies.get(name, {"resources": []} if name == "/reassign" else {})
    path = f"{PATH}/999{name}"

    answer = post(program, path, body) if name else program.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "booking_not_found")


def test_step_with_the_same_key_is_taken_once(program):
    booking = book(program)
    answers = [
        post(program, f"{PATH}/{booking['id']}/arrive", {}, **{"Idempotency-Key": "once"}).content for _ in range(2)
    ]

    assert (answers[0] == answers[1], Booking.history.filter(status="arrived").count()) == (True, 1)
