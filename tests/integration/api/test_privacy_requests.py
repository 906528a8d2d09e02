"""What people ask about their data, through the interface for programs: as on the pages, with one answer per key."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from kernel.clock import utc_now
from privacy.models import PersonExport, PersonRequest, PersonRequestStep
from scheduling.models import Booking, Customer
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.factories.privacy import make_request
from tests.factories.scheduling import book, make_shop
from tests.fakes.due_work import perform_all

PATH = "privacy_requests"


@pytest.fixture
def call(tenant):
    def call_(verb: str, path: str, body: object = None, *, areas=None, headers: dict | None = None, **query: object):
        key = make_key(areas or {"customers": "write"})
        client = HostClient(
            tenant.primary_host, headers={"Authorization": f"Bearer {key}", "Accept-Language": "en", **(headers or {})}
        )
        sent = b"" if body is None else json.dumps(body).encode()
        return client.generic(verb, f"/api/v1/{path}?{urlencode(query)}", sent, "application/json")

    return call_


@pytest.fixture
def customer(tenant) -> int:
    service_id, _ = make_shop()
    booking_id = book(service_id).booking_id
    Booking.objects.filter(pk=booking_id).update(status="cancelled", is_active=False)
    return Booking.objects.get(pk=booking_id).customer_id


def state_of(request_id: str) -> str:
    return PersonRequest.objects.get(pk=request_id).state


def test_request_is_written_down_once_for_a_key_and_its_clock_runs(call, customer):
    body = {"kind": "access", "source": "phone", "customer": str(customer), "text": "Everything"}

    first, again = (call("POST", PATH, body, headers={"Idempotency-Key": "k1"}) for _ in range(2))

    made = first.json()
    assert (first.status_code, again.status_code) == (201, 201)
    assert PersonRequest.objects.count() == 1
    row = PersonRequest.objects.get()
    assert {name: made[name] for name in ("id", "kind", "state", "source", "customer", "text", "is_late", "file")} == {
        "id": str(row.pk), "kind": "access", "state": "asked", "source": "phone", "customer": str(customer),
        "text": "Everything", "is_late": False, "file": None,
    }  # fmt: skip
    assert made["answer_on"] == row.answer_on.isoformat()
    assert [each["step"] for each in made["steps"]] == ["asked"]
    assert call("POST", PATH, body).json()["code"] == "data_request_open"


def test_correction_keeps_its_name_and_blocking_can_be_written_down(call, customer):
    made = [
        call("POST", PATH, {"kind": kind, "source": "paper", "customer": str(customer), "text": "x"}).json()
        for kind in ("correction", "blocking")
    ]

    assert [each["kind"] for each in made] == ["correction", "blocking"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "access", "source": "phone"}, "name"),
        ({"kind": "all", "source": "phone", "name": "Ana"}, "kind"),
        ({"kind": "access", "source": "link", "name": "Ana"}, "source"),
        ({"kind": "access", "source": "phone", "name": "Ana", "asked_at": "2100-01-01T00:00:00Z"}, "asked_at"),
        ({"kind": "access", "source": "phone", "name": "Ana", "asked_at": "2020-01-01T00:00:00Z"}, "asked_at"),
        ({"kind": "access", "source": "phone", "name": "x" * 121}, "name"),
        ({"kind": "access", "source": "phone", "name": "Ana", "law": "none"}, "law"),
    ],
)
def test_what_is_wrong_is_told_by_field_and_nothing_is_written(call, tenant, body, field):
    answer = call("POST", PATH, body)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert PersonRequest.objects.count() == 0


def test_access_is_decided_and_its_file_handed_over(call, customer, tenant):
    made = call("POST", PATH, {"kind": "access", "source": "phone", "customer": str(customer)}).json()["id"]
    one = f"{PATH}/{made}"

    early = call("POST", f"{one}/grant", {})
    known = call("POST", f"{one}/identify", {"check_kind": "document", "note": "Showed an identity card"})
    twice = call("POST", f"{one}/identify", {"check_kind": "known", "note": "x"})
    granted = call("POST", f"{one}/grant", {})
    asked = call("POST", f"{one}/export", {})
    perform_all(tenant.schema_name, "person_export")
    done = call("GET", one)
    file = call("GET", f"{one}/file")

    assert [early.json()["code"], twice.json()["code"]] == ["identity_unproven", "identity_proven"]
    assert (known.json()["identity_check"], granted.json()["state"], asked.status_code) == ("document", "granted", 202)
    assert (done.json()["state"], done.json()["file"]["is_public"]) == ("done", False)
    with zipfile.ZipFile(io.BytesIO(file.content)) as found:
        assert "Ana P" in "".join(found.read(name).decode(errors="replace") for name in found.namelist())
    assert (file.status_code, file["Content-Type"], "no-store" in file["Cache-Control"]) == (
        200,
        "application/zip",
        True,
    )
    assert PersonRequestStep.objects.filter(request_id=made, step="downloaded").count() == 1


def test_file_that_is_over_or_was_never_made_is_none(call, customer):
    made = make_request(customer, right="access")

    assert call("GET", f"{PATH}/{made}/file").json()["code"] == "person_file_gone"
    PersonExport.objects.create(
        request_id=made, content=b"x", sha256="x", is_public=False, made_at=utc_now() - timedelta(days=8),
        ends_at=utc_now() - timedelta(days=1),
    )  # fmt: skip
    assert call("GET", f"{PATH}/{made}/file").json()["code"] == "person_file_gone"


def test_erasure_says_what_is_in_the_way_and_erases_when_it_is_over(call, customer):
    Booking.objects.update(status="arrived", is_active=True)
    made = make_request(customer)
    call("POST", f"{PATH}/{made}/identify", {"check_kind": "called_back", "note": "On the number we have"})
    call("POST", f"{PATH}/{made}/grant", {})

    hindered = call("POST", f"{PATH}/{made}/erase", {})
    kept = call("GET", f"{PATH}/{made}").json()["kept"]
    said_only = call("POST", f"{PATH}/{made}/finish", {"answer": "Erased"})
    Booking.objects.update(status="cancelled", is_active=False)
    erased = call("POST", f"{PATH}/{made}/erase", {})

    assert [hindered.json()["code"], said_only.json()["code"]] == ["erasing_hindered", "not_erased"]
    assert {"kind": "coming", "count": 1, "is_hindrance": True} in kept
    assert (erased.status_code, erased.json()["state"], erased.json()["kept"]) == (200, "done", [])
    assert Customer.objects.get(pk=customer).erased_at is not None


@pytest.mark.parametrize(
    ("act", "body", "state"),
    [("refuse", {"reason": "We do not know you"}, "refused"), ("withdraw", {}, "withdrawn")],
)
def test_request_is_ended_and_stays_so(call, customer, act, body, state):
    made = make_request(customer)

    ended = call("POST", f"{PATH}/{made}/{act}", body)
    later = call("POST", f"{PATH}/{made}/refuse", {"reason": "x"})

    assert (ended.status_code, ended.json()["state"]) == (200, state)
    assert (later.status_code, later.json()["code"]) == (409, "person_request_ended")
    assert PersonRequest.objects.get().state == state


def test_time_is_extended_once_where_the_law_gives_it(call, customer):
    made = make_request(customer)
    PersonRequest.objects.update(law_country="ES", timezone="Europe/Madrid")
    before = call("GET", f"{PATH}/{made}").json()["answer_on"]

    longer = call("POST", f"{PATH}/{made}/extend", {"reason": "Many records"})
    again = call("POST", f"{PATH}/{made}/extend", {"reason": "Many records"})

    assert longer.json()["answer_on"] > before
    assert (longer.json()["extension_reason"], again.json()["code"]) == ("Many records", "no_extension")


def test_person_is_chosen_and_done_elsewhere_is_said(call, customer):
    made = make_request(right="rectification")

    nobody = call("POST", f"{PATH}/{made}/choose", {"customer": "999999"})
    chosen = call("POST", f"{PATH}/{made}/choose", {"customer": str(customer)})
    call("POST", f"{PATH}/{made}/identify", {"check_kind": "known", "note": "A regular"})
    early = call("POST", f"{PATH}/{made}/finish", {"answer": "Corrected"})
    call("POST", f"{PATH}/{made}/grant", {})
    done = call("POST", f"{PATH}/{made}/finish", {"answer": "Corrected"})

    assert [nobody.json()["code"], early.json()["code"]] == ["customer_not_found", "not_agreed"]
    assert (chosen.json()["customer"], done.json()["state"], done.json()["answer"]) == (
        str(customer), "done", "Corrected",
    )  # fmt: skip


def test_erasure_of_a_record_that_is_gone_has_nothing_in_its_way(call, customer):
    made = make_request(customer)
    Customer.objects.filter(pk=customer).update(erased_at=utc_now())

    assert call("GET", f"{PATH}/{made}").json()["kept"] == []


def test_list_is_narrowed_and_paged_newest_first(call, customer):
    rights = ("erasure", "access", "objection")
    made = [str(make_request(customer, right=each)) for each in rights]
    call("POST", f"{PATH}/{made[0]}/withdraw", {})

    whole = call("GET", PATH).json()
    first = call("GET", PATH, limit=2).json()
    rest = call("GET", PATH, limit=2, cursor=first["next"]).json()

    assert [each["id"] for each in whole["results"]] == made[::-1]
    assert [each["id"] for each in first["results"] + rest["results"]] == made[::-1]
    assert (whole["next"], rest["next"]) == (None, None)
    assert [each["id"] for each in call("GET", PATH, state="withdrawn").json()["results"]] == [made[0]]
    assert call("GET", PATH, customer="999999").json()["results"] == []
    assert call("GET", PATH, cursor="invoices.x").status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(call, customer, count, django_assert_max_num_queries):
    for right in ("erasure", "access", "objection")[:count]:
        make_request(customer, right=right)

    with django_assert_max_num_queries(60) as queries:
        call("GET", PATH)

    assert len([each for each in queries.captured_queries if "privacy_personrequest" in each["sql"]]) == 1


def test_key_of_another_area_or_that_only_reads_changes_nothing(call, customer):
    made = make_request(customer)

    answers = [
        call("GET", PATH, areas={"bookings": "write"}),
        call("POST", f"{PATH}/{made}/refuse", {"reason": "x"}, areas={"customers": "read"}),
    ]

    assert [each.status_code for each in answers] == [403, 403]
    assert state_of(str(made)) == "asked"
    unknown = [call("GET", f"{PATH}/{each}").json()["code"] for each in ("0", "x", "999999")]
    assert unknown == ["person_request_not_found"] * 3
