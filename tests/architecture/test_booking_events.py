"""No state of a booking ends without a word: each event is told to somebody, or silent for a reason that is written."""

from __future__ import annotations

import re
from pathlib import Path

from config.environment import ROOT
from scheduling.enums import ACTIVE_STATUSES, BookingEvent, BookingStatus
from scheduling.policies import TRANSITIONS
from scheduling.services.messages.events import SILENT, TELLINGS
from scheduling.services.messages.standing import ENDINGS
from scheduling.services.writing import releases

OURS = ("platform", "scheduling", "billing", "tenants", "verticals", "api")
DOOR = ROOT / "scheduling" / "services" / "writing" / "events.py"


def list_sources() -> list[Path]:
    return [path for top in OURS for path in (ROOT / top).rglob("*.py")]


def test_every_event_is_told_or_silent_for_a_reason():
    kinds = {f"booking.{kind}" for kind in BookingEvent}

    assert set(TELLINGS) | set(SILENT) == kinds
    assert set(TELLINGS) & set(SILENT) == set()
    assert [kind for kind, reason in SILENT.items() if len(reason.split()) < 4] == []


def test_every_event_is_recorded_somewhere():
    code = "\n".join(path.read_text() for path in list_sources() if path.name != "enums.py")

    assert [kind for kind in BookingEvent if f"BookingEvent.{kind.name}" not in code] == []


def test_events_of_bookings_have_one_door():
    """`record` and `BookingWrite` take a `BookingEvent`, and nobody else writes such an event."""
    writes = re.compile(r"add_event_part\(|(?<!def )\bpublish\(")
    found = [path for path in list_sources() if writes.search(path.read_text()) and "scheduling" in path.parts]

    assert DOOR in found
    others = [path for path in found if path != DOOR and re.search(r"kind=f?[\"']booking\.", path.read_text())]
    assert others == []


def test_every_end_of_a_wait_is_told():
    """What waits for an answer or a payment, and can expire, says so to whoever waited."""
    expiring = {status for status, nexts in TRANSITIONS.items() if BookingStatus.EXPIRED in nexts}

    assert set(ENDINGS) == expiring - {BookingStatus.HELD}


def test_every_status_that_takes_nothing_is_an_ending():
    assert set(releases.ENDINGS) == set(BookingStatus) - set(ACTIVE_STATUSES)
