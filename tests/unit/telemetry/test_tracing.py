"""An id is a UUID and nothing else, and the work of one cause shares it."""

from __future__ import annotations

import pytest
import structlog

from telemetry.tracing import ID_LENGTH, find_request_id, make_request_id, read_request_id, traced

ONE = "0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a"


@pytest.fixture(autouse=True)
def nothing_bound():
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize("sent", [ONE, ONE.upper(), ONE.replace("-", ""), ONE.replace("-", "").upper()])
def test_id_is_read_however_it_is_written(sent):
    assert read_request_id(sent) == ONE


@pytest.mark.parametrize(
    "sent",
    [
        "", " ", "1", ONE + "0", ONE[:-1], f" {ONE}", f"{ONE}\n", f"{ONE},{ONE}", ONE.replace("b", "g"), "0" * 31,
        "0" * 33, "0" * 4000, "ana@correo.example", "٠" * 32, "{" + ONE + "}", f"urn:uuid:{ONE}",
        "0b1d6d1e3c7e-4d6c-9d2f-1f2e3d4c5b6a",
    ],
)  # fmt: skip
def test_anything_else_is_none(sent):
    assert read_request_id(sent) == ""


def test_new_ids_are_ids_and_differ():
    first, second = make_request_id(), make_request_id()

    assert (read_request_id(first), len(first)) == (first, ID_LENGTH)
    assert first != second


def test_lines_of_a_block_name_its_cause_and_those_after_it_do_not():
    with traced(ONE, kind="event"):
        inside = structlog.contextvars.get_contextvars()
        found = find_request_id()

    assert (inside, found, find_request_id()) == ({"request_id": ONE, "kind": "event"}, ONE, "")


def test_block_without_a_cause_keeps_the_one_around_it():
    with traced(ONE), traced("", kind="event"):
        assert structlog.contextvars.get_contextvars() == {"request_id": ONE, "kind": "event"}


def test_what_is_bound_and_is_no_id_goes_no_further():
    structlog.contextvars.bind_contextvars(request_id="ana@correo.example")

    assert find_request_id() == ""
