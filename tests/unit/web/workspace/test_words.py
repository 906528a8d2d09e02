from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from unittest.mock import create_autospec

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import RequestFactory

from config.environment import ROOT
from scheduling.enums import BookingStatus
from scheduling.policies import TRANSITIONS
from scheduling.types import Actor
from web.parts.status_looks import get_look
from web.parts.toasts import find_return_address
from web.templatetags.icons import icon
from web.workspace.bookings.actions import ACTIONS, REASON_FIELDS, list_actions
from web.workspace.bookings.forms import ReasonForm, StartForm, from_wall_clock

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
STATIC = ROOT / "platform" / "web" / "static"
BOARD_SCRIPTS = (
    "once",
    "toast",
    "workspace",
    "panel",
    "live",
    "board",
    "board-visits",
    "board-drag",
    "board-fit",
    "board-moves",
    "board-press",
    "board-create",
    "board-keys",
    "board-new",
    "board-days",
    "board-hint",
    "board-print",
)
"""What the heaviest page loads."""


@pytest.mark.parametrize("status", BookingStatus)
def test_every_status_has_icon_and_word(status):
    look = get_look(status)

    assert (str(look.label), "<svg" in icon(look.icon)) == (str(status.label), True)


@pytest.mark.parametrize("status", BookingStatus)
def test_only_steps_that_the_table_knows_are_offered(status):
    offered = {action.target for action in list_actions(status=status, starts_at=NOW, now=NOW)}

    assert offered <= TRANSITIONS.get(status, frozenset())


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_every_action_has_an_icon_that_exists(action):
    assert "<svg" in icon(action.icon)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_every_action_calls_its_service_as_it_is(action):
    calls = []
    service = create_autospec(action.service, side_effect=lambda **words: calls.append(set(words)))

    replace(action, service=service).perform(
        booking_id=1, reasons={"reason": "Viaje", "cause": "told"}, now=NOW, by=Actor(kind="staff")
    )

    assert calls == [{"booking_id", "now", "by", *REASON_FIELDS[action.reason]}]


def test_nobody_failed_to_come_before_the_start():
    before = list_actions(status="confirmed", starts_at=NOW + timedelta(minutes=1), now=NOW)
    after = list_actions(status="confirmed", starts_at=NOW, now=NOW)

    assert ([each.key for each in before], [each.key for each in after]) == (
        ["arrive", "cancel"],
        ["arrive", "no-show", "cancel"],
    )


def test_arrived_is_the_main_button_on_the_day_only():
    def tone(hours: int) -> str:
        actions = list_actions(
            status="confirmed", starts_at=NOW + timedelta(hours=hours), now=NOW, timezone="America/Mexico_City"
        )
        return actions[0].tone

    assert (tone(11), tone(12), tone(-1)) == ("primary", "", "primary")  # it is noon there


def test_wall_clock_is_the_businesss():
    assert from_wall_clock(date(2026, 11, 23), time(9, 0), "America/Mexico_City") == datetime(
        2026, 11, 23, 15, tzinfo=UTC
    )


def test_wall_clock_refuses_an_hour_that_is_skipped():
    with pytest.raises(ValidationError):
        from_wall_clock(date(2026, 3, 29), time(2, 30), "Europe/Madrid")


@pytest.mark.parametrize(
    ("posted", "start"),
    [
        ("shift=45", datetime(2026, 11, 23, 18, 45, tzinfo=UTC)),
        ("shift=-60", datetime(2026, 11, 23, 17, 0, tzinfo=UTC)),
        ("on=2026-11-24&at=09:00", datetime(2026, 11, 24, 15, 0, tzinfo=UTC)),
        ("on=2026-11-24&at=09:00:00", datetime(2026, 11, 24, 15, 0, tzinfo=UTC)),
        ("starts_at=2026-11-25T15:00:00%2B00:00", datetime(2026, 11, 25, 15, 0, tzinfo=UTC)),
        ("on=2026-11-24&time=09:00", datetime(2026, 11, 24, 15, 0, tzinfo=UTC)),
        ("on=2026-11-24&time=09:00&starts_at=2026-11-25T15:00:00Z", datetime(2026, 11, 25, 15, 0, tzinfo=UTC)),
        ("on=2026-11-24&time=09:00&at=10:00", datetime(2026, 11, 24, 16, 0, tzinfo=UTC)),
    ],
)
def test_start_form_reads_four_ways(posted, start):
    form = StartForm(QueryDict(posted), timezone="America/Mexico_City", present_start=NOW)

    assert (form.is_valid(), form.cleaned_data.get("start")) == (True, start)


@pytest.mark.parametrize(
    "posted",
    [
        "",
        "shift=99999",
        "shift=x",
        "on=2026-11-24",
        "on=24/11/2026&at=09:00",
        "on=11/24/2026&at=09:00",
        "on=2026-W48-2&at=09:00",
        "on=2026-02-30&at=09:00",
        "on=9999-12-31&at=09:00",
        "on=2026-11-24&at=24:00",
        "on=2026-11-24&at=9:00 a.m.",
        "starts_at=nope",
        "starts_at=2026-11-25T15:00",
        "starts_at=2026-11-25 15:00:00Z",
    ],
)
def test_start_form_refuses_the_rest(posted):
    assert StartForm(QueryDict(posted), timezone="America/Mexico_City", present_start=NOW).is_valid() is False


@pytest.mark.parametrize(
    ("sent", "has_cause", "is_valid"),
    [
        ({"reason": " "}, True, False),
        ({}, True, False),
        ({"cause": "told"}, True, True),
        ({"reason": "Viaje"}, True, True),
        ({"cause": "weather"}, True, False),
        ({"reason": " "}, False, True),
        ({"reason": "x" * 301}, False, False),
    ],
)
def test_a_cause_or_a_text_is_asked_for_where_there_are_causes(sent, has_cause, is_valid):
    asks = ("cause", "reason") if has_cause else ("reason",)
    assert ReasonForm(sent, key="cancel", asks=asks).is_valid() is is_valid


@pytest.mark.parametrize(
    ("sent", "means"),
    [({}, "transfer"), ({"means": "cash"}, "cash"), ({"means": ""}, "transfer"), ({"means": "x"}, None)],
)
def test_who_says_no_means_says_a_transfer(sent, means):
    form = ReasonForm(sent, key="deposit-received", asks=("means",))

    assert (form.is_valid(), form.cleaned_data.get("means")) == (means is not None, means)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("/workspace/?date=2026-11-23", "/workspace/?date=2026-11-23"),
        ("https://evil.example/workspace/", "/default/"),
        ("//evil.example/workspace/", "/default/"),
        ("/workspace/\\evil.example", "/workspace/\\evil.example"),
        ("/b/token/", "/default/"),
        ("", "/default/"),
    ],
)
def test_return_address_stays_in_the_workspace(wanted, found):
    request = RequestFactory().post("/", {"next": wanted})

    assert find_return_address(request, default="/default/") == found


def packed(*paths: str) -> int:
    return sum(len(gzip.compress((STATIC / path).read_bytes())) for path in paths)


def test_scripts_of_the_board_stay_within_their_budget():
    import django_htmx

    htmx = (ROOT / django_htmx.__path__[0] / "static/django_htmx/htmx-2.min.js").read_bytes()
    script = packed(*(f"js/{name}.js" for name in BOARD_SCRIPTS)) + len(gzip.compress(htmx))

    assert script <= 45 * 1024
