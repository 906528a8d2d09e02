from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from edge.reading import (
    DATE_WRONG,
    INSTANT_WRONG,
    TOO_FAR,
    ZONE_MISSING,
    NotRead,
    check_date,
    check_instant,
    read_date,
    read_instant,
    restore_plus,
)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("2026-13-45", None),
        ("20261123", None),
        ("2026-W48-1", None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("<script>", None),
        ("", None),
        (None, None),
    ],
)
def test_read_date_takes_only_dates_that_can_be_meant(text, on):
    assert read_date(text) == on


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-23T09:00:00Z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00-06:00", datetime(2026, 11, 23, 15, tzinfo=UTC)),
        ("2026-11-23T09:00:00 02:00", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("2026-11-23 09:00:00Z", None),
        ("2026-W48-1T09:00:00Z", None),
        ("2026-11-23T09:00", None),
        ("yesterday", None),
        ("0001-01-01T00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("", None),
        (None, None),
    ],
)
def test_read_instant_takes_only_instants_that_can_be_meant(text, at):
    assert read_instant(text) == at


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("2026-11-23T09:00:00", ZONE_MISSING),
        ("2026-11-23T09:00:00 02:00", INSTANT_WRONG),
        ("2026-11-23", INSTANT_WRONG),
        ("2026-02-30T09:00:00Z", INSTANT_WRONG),
        ("1999-12-31T23:59:59Z", TOO_FAR),
        ("2101-01-01T00:00:00Z", TOO_FAR),
        (1764579600, INSTANT_WRONG),
        (True, INSTANT_WRONG),
        (None, INSTANT_WRONG),
        (["2026-11-23T09:00:00Z"], INSTANT_WRONG),
    ],
)
def test_check_instant_says_what_is_wrong(sent, text):
    with pytest.raises(NotRead) as caught:
        check_instant(sent)

    assert caught.value.text == text


@pytest.mark.parametrize(
    ("sent", "text"), [("2026-02-30", DATE_WRONG), (20261123, DATE_WRONG), ("1999-12-31", TOO_FAR)]
)
def test_check_date_says_what_is_wrong(sent, text):
    with pytest.raises(NotRead) as caught:
        check_date(sent)

    assert caught.value.text == text


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("09:00:00 02:00", "09:00:00+02:00"), ("2026-11-23 09:00", "2026-11-23+09:00"), ("a b", "a b"), (5, 5)],
)
def test_restore_plus_puts_it_only_before_an_offset(sent, meant):
    assert restore_plus(sent) == meant
