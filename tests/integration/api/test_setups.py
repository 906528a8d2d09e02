"""Programs set the catalog up: by the services of the workspace's pages, in the shape in which it is read."""

from __future__ import annotations

import pytest

from audit.selectors.log import list_changes
from scheduling.enums import CatalogNoun
from scheduling.models import AddOn, Booking, CapacityRule, Location, Resource, ResourceType, Service
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.integration.api.conftest import make_booking_body

PARTS = {"requirements", "questions", "texts"}
"""What has parts of its own, which say more when they are read."""
KINDS = ["locations", "resource_types", "capacity_rules", "add_ons", "catalog/resources", "catalog/services"]


@pytest.fixture
def call(tenant):
    client = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'catalog': 'write'})}"})

    def call_(method: str, path: str, body: object = None):
        if method == "get":
            return client.get(f"/api/v1/{path}")
        return getattr(client, method)(f"/api/v1/{path}", {} if body is None else body, content_type="application/json")

    return call_


def make_body(kind: str) -> dict[str, object]:
    """What sets up one of a kind that there is none of yet."""
    place, type_ = Location.objects.order_by("pk").first(), ResourceType.objects.order_by("pk").first()
    service = Service.objects.order_by("pk").first()
    bodies: dict[str, dict[str, object]] = {
        "locations": {"name": "Sucursal Norte", "timezone": "America/Monterrey", "phone": "+525512345678"},
        "resource_types": {"name": "Grúas", "is_person": False},
        "capacity_rules": {
            "scope": "location", "location": str(place.pk), "period": "day", "limit": 12, "weekdays": [5, 6],
            "from_minute": 540, "to_minute": 780, "valid_from": "2026-12-01",
        },
        "add_ons": {
            "service": str(service.pk), "name": "Pulido de faros", "minutes": 15, "price_minor": 9000,
            "texts": [{"language": "en", "name": "Headlight polish"}],
        },
        "catalog/resources": {
            "name": "Nadia", "resource_type": str(type_.pk), "location": str(place.pk), "skills": ["frenos"],
            "capacity": 2,
        },
        "catalog/services": {
            "name": "Cambio de llantas", "duration_minutes": 40, "price_kind": "fixed", "price_minor": 60000,
            "requirements": [{"resource_type": str(type_.pk), "quantity": 1}],
            "bookable_hours": [[0, 540, 780]], "reminder_offsets_minutes": [60], "booking_window_days": 30,
            "questions": [{"label": "¿Cuántas?", "kind": "number", "is_required": True}],
        },
    }  # fmt: skip
    return bodies[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_set_up_reads_as_it_was_sent(call, kind):
    body, one = make_body(kind), kind.removeprefix("catalog/")

    made = call("post", kind, body)
    read = call("get", f"{one}/{made.json()['id']}").json()
    again = call("patch", f"{one}/{read['id']}", {**body, **{name: read[name] for name in PARTS if name in body}})

    assert (made.status_code, made.json(), read["version"]) == (201, read, 1)
    assert {name: read[name] for name in body if name not in PARTS} == {
        name: value for name, value in body.items() if name not in PARTS
    }
    for name in PARTS & body.keys():
        ((sent,), (got,)) = body[name], read[name]
        assert {key: got[key] for key in sent} == sent
    # What is sent as it is changes nothing.
    assert (again.status_code, again.json()) == (200, read)


def test_change_leaves_what_is_not_sent(call):
    row = Service.objects.order_by("pk").first()
    Service.objects.filter(pk=row.pk).update(booking_window_days=30, description="Con garantía")
    before = call("get", f"services/{row.pk}").json()

    answer = call("patch", f"services/{row.pk}", {"name": "Otro nombre", "booking_window_days": None})

    after = {**before, "name": "Otro nombre", "booking_window_days": None, "version": before["version"] + 1}
    assert (answer.status_code, answer.json()) == (200, {**after, "is_sample": False})
    (change, *_) = list_changes(noun=CatalogNoun.SERVICE, row_id=row.pk)
    assert {each.name for each in change.fields} == {"name", "booking_window_days"}


def test_null_of_what_cannot_be_missing_says_nothing(call):
    row = Location.objects.order_by("pk").first()

    answer = call("patch", f"locations/{row.pk}", {"name": None, "phone": None})

    assert (answer.status_code, answer.json()["name"], answer.json()["version"]) == (200, row.name, row.version)


def test_stale_version_is_refused(call):
    row = ResourceType.objects.order_by("pk").first()
    ResourceType.objects.filter(pk=row.pk).update(version=row.version + 1)

    answer = call("patch", f"resource_types/{row.pk}", {"name": "Otro", "version": row.version})

    row.refresh_from_db()
    assert (answer.status_code, answer.json()["code"], row.name != "Otro") == (409, "changed_meanwhile", True)


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("locations", {"timezone": "Mars/Base"}, "timezone"),
        ("locations", {"map": "x"}, "map"),
        ("locations", {"name": ""}, "name"),
        ("resource_types", {"position": -1}, "position"),
        ("capacity_rules", {"location": "999"}, "location"),
        ("capacity_rules", {"weekdays": [9]}, "weekdays.0"),
        ("capacity_rules", {"period": "century"}, "period"),
        ("add_ons", {"service": "x"}, "service"),
        ("catalog/resources", {"resource_type": "999"}, "resource_type"),
        ("catalog/resources", {"user": "999"}, "user"),
        ("catalog/services", {"requirements": [{"resources": ["999"]}]}, "requirements.0.resources"),
        ("catalog/services", {"requirements": [{"quantity": "many"}]}, "requirements.0.quantity"),
        ("catalog/services", {"bookable_hours": [[0, 540]]}, "bookable_hours.0"),
        ("catalog/services", {"bookable_hours": [[7, 540, 600]]}, "bookable_hours.0.weekday"),
        ("catalog/services", {"duration_minutes": 0}, "duration_minutes"),
        ("catalog/services", {"per_resource": [{"resource": "999"}]}, "per_resource.0.resource"),
        ("catalog/services", {"deposit_kind": "fixed", "deposit_minor": 100}, "deposit_kind"),
    ],
)
def test_what_cannot_be_names_its_field(call, kind, changes, field):
    models = (Location, ResourceType, CapacityRule, AddOn, Resource, Service)
    before = [model.objects.count() for model in models]

    answer = call("post", kind, {**make_body(kind), **changes})

    assert (answer.status_code, field in answer.json()["errors"]) == (422, True), answer.json()
    assert [model.objects.count() for model in models] == before


def test_whoever_is_named_twice_is_needed_once(call):
    person = Resource.objects.order_by("pk").first().pk
    body = make_body("catalog/services") | {"requirements": [{"resources": [str(person), person]}]}

    answer = call("post", "catalog/services", body)

    assert (answer.status_code, answer.json()["requirements"][0]["resources"]) == (201, [str(person)])


@pytest.mark.parametrize("kind", KINDS)
def test_archived_restored_and_deleted(call, kind):
    made = call("post", kind, make_body(kind)).json()
    one = f"{kind.removeprefix('catalog/')}/{made['id']}"

    active = [call("post", f"{one}/{step}").json()["is_active"] for step in ("archive", "archive", "restore")]
    gone = call("delete", one)

    assert (active, gone.status_code, call("get", one).status_code) == ([False, False, True], 204, 404)


def test_what_is_archived_is_not_changed(call):
    made = call("post", "resource_types", make_body("resource_types")).json()
    call("post", f"resource_types/{made['id']}/archive")

    answer = call("patch", f"resource_types/{made['id']}", {"name": "Otro"})

    assert (answer.status_code, answer.json()["code"]) == (409, "archived")


def test_coming_bookings_and_uses_keep_what_they_need(call, customer_client):
    customer_client.post("/api/v1/bookings", make_booking_body(customer_client), content_type="application/json")
    booking = Booking.objects.get()
    person = booking.allocations.order_by("pk").first().resource_id

    refused = [
        call("post", f"resources/{person}/archive"),
        call("delete", f"resources/{person}"),
        call("delete", f"services/{booking.service_id}"),
        call("post", f"locations/{booking.location_id}/archive"),
    ]

    assert [(each.status_code, each.json()["code"]) for each in refused[:3]] == [
        (409, "bookings_in_the_way"), (409, "still_used"), (409, "still_used"),
    ]  # fmt: skip
    assert (refused[3].status_code, Location.objects.filter(is_active=True).exists()) == (409, True)
    assert (Resource.objects.get(pk=person).is_active, Service.objects.filter(pk=booking.service_id).exists()) == (
        True, True,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("act", ["patch ", "delete ", "post /archive", "post /restore"])
@pytest.mark.parametrize("number", ["999", "x"])
def test_nothing_is_done_to_what_does_not_exist(call, kind, act, number):
    method, step = act.split(" ")

    assert call(method, f"{kind.removeprefix('catalog/')}/{number}{step}").status_code == 404


def test_key_sent_again_sets_up_one(tenant):
    headers = {"Authorization": f"Bearer {make_key({'catalog': 'write'})}", "Idempotency-Key": "once"}
    client = HostClient(tenant.primary_host, headers=headers)
    body = make_body("resource_types")

    answers = [client.post("/api/v1/resource_types", body, content_type="application/json").content for _ in range(2)]

    assert (answers[0] == answers[1], ResourceType.objects.filter(name="Grúas").count()) == (True, 1)


def test_all_services_and_people_are_listed(call):
    hidden = Service.objects.order_by("pk").first()
    Service.objects.filter(pk=hidden.pk).update(is_online=False)

    services = call("get", "catalog/services").json()["results"]
    resources = call("get", "catalog/resources").json()["results"]

    assert {each["id"] for each in services} == {str(pk) for pk in Service.objects.values_list("pk", flat=True)}
    assert {each["id"] for each in resources} == {
        str(pk) for pk in Resource.objects.filter(is_active=True).values_list("pk", flat=True)
    }
