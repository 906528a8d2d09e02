"""Rights of persons and incidents: each row of the table with answers that were counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kernel.law.calendars import add_working_days, find_working_day, is_known_region, list_public_holidays, list_regions
from kernel.law.clocks import Place, Unit, add_months, count_deadline, read_period
from kernel.law.persons import (
    EVERYWHERE,
    Right,
    Told,
    find_blocking_end,
    find_carrying_out,
    find_deadlines,
    find_notice_deadline,
    find_privacy_law,
    list_privacy_laws,
    read_privacy_laws,
)

ZONES = {
    "AR": "America/Argentina/Buenos_Aires", "BR": "America/Sao_Paulo", "CL": "America/Santiago",
    "CO": "America/Bogota", "DE": "Europe/Berlin", "ES": "Europe/Madrid", "MX": "America/Mexico_City",
    "PE": "America/Lima", "PY": "America/Asuncion", "US": "America/New_York", "UY": "America/Montevideo",
}  # fmt: skip
TABLE = """
reviewed_on = 2026-11-25
[[laws]]
places = [""]
instrument = "a law"
authority = ""
source = "a page"
confidence = "H"
doubts = ""
clocks = [{ rights = ["access"], answer = "10 days" }]
incidents = []
"""


def place(country: str) -> Place:
    return Place(country, ZONES[country])


def noon(country: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(hour=12, tzinfo=ZoneInfo(ZONES[country]))


@pytest.mark.parametrize(
    ("country", "right", "asked", "answer", "longest"),
    [
        # Calendar days: the day on which it was asked does not count; over the turn of the year.
        ("CL", Right.ACCESS, "2026-12-01", "2026-12-31", "2027-01-30"),
        ("CL", Right.BLOCKING, "2027-01-30", "2027-03-01", "2027-03-31"),
        # Twenty working days without December 25 and January 1.
        ("MX", Right.ERASURE, "2026-12-07", "2027-01-06", "2027-01-06"),
        # A right that the law does not name is answered like access.
        ("MX", Right.PORTABILITY, "2026-12-07", "2027-01-06", "2027-01-06"),
        ("AR", Right.ACCESS, "2026-12-04", "2026-12-14", "2026-12-14"),
        # The 8th is a holiday, the 7th the bridge to it.
        ("AR", Right.ERASURE, "2026-12-09", "2026-12-16", "2026-12-16"),
        # The 8th and the 25th are holidays.
        ("CO", Right.ACCESS, "2026-12-07", "2026-12-22", "2026-12-30"),
        ("CO", Right.ERASURE, "2026-11-03", "2026-11-25", "2026-12-07"),
        # The 8th, the 9th and the 25th.
        ("PE", Right.ACCESS, "2026-11-30", "2026-12-31", "2026-12-31"),
        ("PE", Right.RECTIFICATION, "2026-11-30", "2026-12-16", "2026-12-16"),
        ("BR", Right.ACCESS, "2026-12-01", "2026-12-16", "2026-12-16"),
        ("BR", Right.OBJECTION, "2026-12-01", "2026-12-16", "2026-12-16"),
        # Five working days over a weekend and Christmas.
        ("UY", Right.ACCESS, "2026-12-18", "2026-12-28", "2026-12-28"),
        # A month; the day that February lacks; a Saturday, and the Sunday on which the clock changes, give way.
        ("ES", Right.ERASURE, "2026-11-30", "2026-12-30", "2027-03-01"),
        ("ES", Right.ERASURE, "2026-12-02", "2027-01-04", "2027-03-02"),
        ("ES", Right.ERASURE, "2027-02-28", "2027-03-29", "2027-05-28"),
        ("DE", Right.ACCESS, "2027-01-31", "2027-03-01", "2027-04-30"),
        # The last day is New Year's: the Monday after the weekend that follows it.
        ("DE", Right.ACCESS, "2026-12-01", "2027-01-04", "2027-03-01"),
        ("US", Right.ACCESS, "2026-12-01", "2027-01-15", "2027-03-01"),
        # No law of ours: our own choice.
        ("PY", Right.ERASURE, "2026-12-01", "2026-12-11", "2026-12-11"),
    ],
)
def test_a_request_is_answered_in_time(country: str, right: Right, asked: str, answer: str, longest: str) -> None:
    found = find_deadlines(right, asked_at=noon(country, asked), place=place(country))

    assert str(found.answer.last_on) == answer
    assert str(found.longest.last_on) == longest


def test_every_row_has_a_case_above() -> None:
    rows = {law.instrument for law in list_privacy_laws().values()}

    assert {find_privacy_law(country).instrument for country in ZONES} == rows


def test_the_last_day_ends_at_the_place() -> None:
    # Chile leaves out the first hour of 2026-09-06: its 5th ends when the clock jumps.
    asked = datetime(2026, 8, 7, 3, 30, tzinfo=UTC)  # still the 6th there
    found = find_deadlines(Right.ACCESS, asked_at=asked, place=place("CL")).answer

    assert found.last_on == date(2026, 9, 5)
    assert found.ends_at == datetime(2026, 9, 6, 4, tzinfo=UTC)


def test_mexico_has_more_days_to_do_what_was_agreed() -> None:
    found = find_carrying_out(Right.ERASURE, answered_at=noon("MX", "2027-01-06"), place=place("MX"))

    assert found is not None
    assert found.last_on == date(2027, 1, 27)
    assert find_carrying_out(Right.ERASURE, answered_at=noon("ES", "2027-01-06"), place=place("ES")) is None


@pytest.mark.parametrize(
    ("country", "to", "known", "ends"),
    [
        ("CL", Told.AUTHORITY, "2026-12-24T22:00:00+00:00", "2026-12-24T22:00:00+00:00"),
        ("CL", Told.PERSONS, "2026-12-24T22:00:00+00:00", "2026-12-24T22:00:00+00:00"),
        ("MX", Told.PERSONS, "2026-12-24T22:00:00+00:00", "2026-12-24T22:00:00+00:00"),
        # Fifteen working days after Tuesday the 1st, without the 8th.
        ("CO", Told.AUTHORITY, "2026-12-01T15:00:00+00:00", "2026-12-24T05:00:00+00:00"),
        ("PE", Told.AUTHORITY, "2026-12-24T22:00:00+00:00", "2026-12-26T22:00:00+00:00"),
        # Wednesday; 24, 28, 29.
        ("BR", Told.AUTHORITY, "2026-12-23T15:00:00+00:00", "2026-12-30T03:00:00+00:00"),
        ("BR", Told.PERSONS, "2026-12-23T15:00:00+00:00", "2026-12-30T03:00:00+00:00"),
        ("UY", Told.AUTHORITY, "2026-12-24T22:00:00+00:00", "2026-12-27T22:00:00+00:00"),
        # Hours run through the weekend and the change of the clock.
        ("ES", Told.AUTHORITY, "2027-03-27T12:00:00+00:00", "2027-03-30T12:00:00+00:00"),
        ("ES", Told.PERSONS, "2027-03-27T12:00:00+00:00", "2027-03-27T12:00:00+00:00"),
        ("DE", Told.AUTHORITY, "2027-03-27T12:00:00+00:00", "2027-03-30T12:00:00+00:00"),
        ("DE", Told.PERSONS, "2027-03-27T12:00:00+00:00", "2027-03-27T12:00:00+00:00"),
        ("US", Told.PERSONS, "2027-03-27T12:00:00+00:00", "2027-03-27T12:00:00+00:00"),
        ("PY", Told.AUTHORITY, "2027-03-27T12:00:00+00:00", "2027-03-30T12:00:00+00:00"),
        ("PY", Told.PERSONS, "2027-03-27T12:00:00+00:00", "2027-03-27T12:00:00+00:00"),
    ],
)
def test_an_incident_is_told_in_time(country: str, to: Told, known: str, ends: str) -> None:
    (notice,) = (each for each in find_privacy_law(country).incidents if each.to is to)
    found = find_notice_deadline(notice, known_at=datetime.fromisoformat(known), place=place(country))

    assert found.ends_at == datetime.fromisoformat(ends)


def test_what_else_the_rows_say() -> None:
    laws = list_privacy_laws()

    assert len(laws) == 35
    assert [country for country, law in laws.items() if law.blocks_first] == ["ES"]
    assert {country: law.free_every_months for country, law in laws.items() if law.free_every_months} == {
        "CL": 3,
        "UY": 6,
    }
    assert (laws["CL"].consent_from, laws["ES"].consent_from, laws["FR"].consent_from) == (16, 14, 16)
    assert not laws["CL"].is_in_force(date(2026, 11, 30))
    assert laws["CL"].is_in_force(date(2026, 12, 1))
    assert laws["ES"].is_in_force(date(2026, 11, 30))
    assert [country for country, law in laws.items() if law.is_own_choice] == [EVERYWHERE]
    assert laws["PE"].clocks[Right.ACCESS].confidence == "L"
    assert not [law for law in laws.values() if law.confidence != "H" and not law.doubts and law.country != "CO"]


@pytest.mark.parametrize(
    ("country", "blocked_at", "last_on", "ends_at"),
    [
        # Five years on, by the clock of Madrid: it was the 24th there already; a Sunday is no reason to wait.
        ("ES", datetime(2026, 11, 23, 23, 30, tzinfo=UTC), date(2031, 11, 24), datetime(2031, 11, 24, 23, tzinfo=UTC)),
        ("ES", datetime(2024, 2, 29, 12, tzinfo=UTC), date(2029, 2, 28), datetime(2029, 2, 28, 23, tzinfo=UTC)),
        ("ES", datetime(2026, 7, 1, 12, tzinfo=UTC), date(2031, 7, 1), datetime(2031, 7, 1, 22, tzinfo=UTC)),
        # Whose law blocks nothing: as long as where it is kept longest, by their own clock.
        ("MX", datetime(2026, 11, 24, 5, tzinfo=UTC), date(2031, 11, 23), datetime(2031, 11, 24, 6, tzinfo=UTC)),
    ],
)
def test_what_is_blocked_is_kept_until_claims_are_out_of_time(country, blocked_at, last_on, ends_at):
    deadline = find_blocking_end(blocked_at=blocked_at, place=place(country))

    assert (deadline.last_on, deadline.ends_at) == (last_on, ends_at)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('places = [""]', 'places = ["AR", "AR"]', "AR comes twice"),
        ('places = [""]', 'places = ["AR"]', "no row holds everywhere"),
        ('["access"]', '["erasure"]', "nothing says how soon"),
        ('["access"]', '["access", "access"]', "access comes twice"),
        ('["access"]', '["acess"]', "acess"),
        ('"10 days"', '"ten days"', "is no period"),
        ('"10 days"', '"0 days"', "is no period"),
        ('"10 days"', '"10 days", longer = "1 months"', "cannot be made longer"),
        ('"10 days"', '"10 days", longest = "1 months"', "unknown: longest"),
        ('confidence = "H"', 'confidence = "X"', "how sure we are"),
        ('source = "a page"', 'source = ""', "how sure we are"),
        ('source = "a page"', 'source = "a page"\nblocked_for = "5 years"', "is no period"),
        ('source = "a page"', "", "not a table of laws"),
        ('source = "a page"', 'source = "a page"\nplanet = "Mars"', "not a table of laws"),
    ],
)
def test_a_wrong_table_is_refused(old: str, new: str, message: str) -> None:
    assert read_privacy_laws(TABLE)

    with pytest.raises(ValueError, match=message):
        read_privacy_laws(TABLE.replace(old, new))


def test_a_period_reads_as_it_is_written() -> None:
    assert [str(read_period(text)) for text in ("at once", "20 working days")] == ["at once", "20 working days"]
    assert read_period("72 hours").unit is Unit.HOURS
    assert add_months(date(2027, 12, 31), 2) == date(2028, 2, 29)
    assert add_months(date(2026, 11, 30), 1) == date(2026, 12, 30)


def test_a_region_has_holidays_of_its_own() -> None:
    # Andalusia keeps its day, February 28, on Monday when it is a Sunday.
    madrid = Place("ES", "Europe/Madrid", "MD")
    seville = Place("ES", "Europe/Madrid", "AN")
    since = datetime(2027, 2, 26, 12, tzinfo=UTC)
    monday = read_period("1 working days")

    assert count_deadline(monday, since=since, place=madrid).last_on == date(2027, 3, 1)
    assert count_deadline(monday, since=since, place=seville).last_on == date(2027, 3, 2)
    assert is_known_region("ES", "AN")
    assert not is_known_region("ES", "XX")
    assert ("AN", "Andalucía") in list_regions("ES")
    assert list_regions("XX") == ()
    assert list_public_holidays("", "", 2027) == {}
    assert list_public_holidays("XX", "", 2027) == {}
    assert list_public_holidays("ES", "", 2027, "en")[date(2027, 1, 1)] == "New Year's Day"
    assert find_working_day(date(2027, 2, 28), country="ES", region="AN") == date(2027, 3, 2)
    assert add_working_days(date(2027, 2, 26), 1, country="ES") == date(2027, 3, 1)
