"""Incidents: what is written down, until when whom to tell, and how many people it reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext

from kernel.law.persons import Told, list_privacy_laws
from privacy.enums import IncidentState
from privacy.errors import IncidentClosed, IncidentNotFound, IncidentUnassessed, ToldAlready
from privacy.models import Incident, IncidentLogLine
from privacy.selectors.incidents import (
    CONDITIONS,
    count_reach,
    get_incident,
    list_incidents,
    list_lines,
    list_reachable_tables,
)
from privacy.services.incidents import (
    BACKWARDS,
    FUTURE,
    LONGEST_TITLE,
    MISSING,
    NO_TABLES,
    UNKNOWN_YET,
    assess_incident,
    close_incident,
    note_told,
)
from scheduling.errors import RequestInvalid
from scheduling.models import Booking, Customer
from tests.factories.privacy import make_incident
from tests.integration.privacy.conftest import NOW

AUTHORITY, PERSONS = Told.AUTHORITY, Told.PERSONS


@pytest.fixture
def incident(tenant) -> int:
    return make_incident(now=NOW)


def law_of(country: str, known_at: datetime):
    row = Incident(
        title="x", began_at=known_at, ended_at=known_at, known_at=known_at, recorded_at=known_at, tables=[],
        law_country=country, timezone="America/Lima", state="open",
    )  # fmt: skip
    row.save()
    return [
        (each.notice.to, each.is_at_once, each.deadline.ends_at, each.is_sure)
        for each in get_incident(incident_id=row.pk).clocks
    ]


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("PE", [(AUTHORITY, False, datetime(2026, 12, 6, 15, tzinfo=UTC), True)]),  # 48 hours, over a weekend
        ("UY", [(AUTHORITY, False, datetime(2026, 12, 7, 15, tzinfo=UTC), True)]),
        ("MX", [(PERSONS, True, datetime(2026, 12, 4, 15, tzinfo=UTC), True)]),
        # Three working days from a Friday, to the midnight of Lima.
        ("BR", [(each, False, datetime(2026, 12, 10, 5, tzinfo=UTC), False) for each in (AUTHORITY, PERSONS)]),
        # Fifteen, without 8 and 25 December.
        ("CO", [(AUTHORITY, False, datetime(2026, 12, 30, 5, tzinfo=UTC), False)]),
        ("AR", []),
        ("JP", [
            (AUTHORITY, False, datetime(2026, 12, 7, 15, tzinfo=UTC), False),
            (PERSONS, True, datetime(2026, 12, 4, 15, tzinfo=UTC), False),
        ]),
    ],
)  # fmt: skip
def test_clocks_run_by_the_law_of_the_country(tenant, country, expected):
    assert law_of(country, datetime(2026, 12, 4, 15, tzinfo=UTC)) == expected


def test_conditions_are_said_in_both_languages():
    said = {each.condition for law in list_privacy_laws().values() for each in law.incidents} - {""}

    assert said == set(CONDITIONS)
    with translation.override("es"):
        assert {each for each in said if gettext(each) == each} == set()


def test_incident_is_written_down_as_it_was(incident):
    (found,) = list_incidents()

    assert (found.id, found.title, found.state, found.is_risky) == (
        incident, "Lista a la vista", IncidentState.OPEN, None,
    )  # fmt: skip
    assert found.tables == ("scheduling.Booking", "scheduling.Customer")
    assert (found.law.country, found.known_at, found.closed_at) == ("MX", NOW - timedelta(hours=1), None)
    assert [(each.step, each.note) for each in list_lines(incident_id=incident)] == [("recorded", "")]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"title": " "}, {"title": (MISSING,)}),
        ({"story": ""}, {"story": (MISSING,)}),
        ({"known_at": NOW + timedelta(minutes=1)}, {"known_at": (FUTURE,)}),
        ({"ended_at": NOW + timedelta(minutes=1)}, {"ended_at": (FUTURE,)}),
        ({"ended_at": NOW - timedelta(hours=3)}, {"ended_at": (BACKWARDS,)}),
        ({"known_at": NOW - timedelta(hours=3)}, {"known_at": (UNKNOWN_YET,)}),
        ({"tables": ()}, {"tables": (NO_TABLES,)}),
        ({"tables": ("accounts.User",)}, {"tables": (NO_TABLES,)}),
    ],
)
def test_what_cannot_be_is_refused(tenant, changes, errors):
    with pytest.raises(RequestInvalid) as refused:
        make_incident(now=NOW, **changes)

    assert (dict(refused.value.errors), Incident.objects.count()) == (errors, 0)


def test_long_and_unreadable_words_are_refused(tenant):
    with pytest.raises(RequestInvalid) as refused:
        make_incident(now=NOW, title="x" * (LONGEST_TITLE + 1), story="\x00")

    assert set(refused.value.errors) == {"title", "story"}


def test_it_goes_from_assessing_to_closing(incident, staff):
    with pytest.raises(IncidentUnassessed):
        close_incident(incident_id=incident, note="Ya", by=staff, now=NOW)
    assess_incident(incident_id=incident, is_risky=True, note="Nombres a la vista", by=staff, now=NOW)
    note_told(incident_id=incident, to=PERSONS, note="Por correo", by=staff, now=NOW)
    with pytest.raises(ToldAlready):
        note_told(incident_id=incident, to=PERSONS, note="Otra vez", by=staff, now=NOW)
    note_told(incident_id=incident, to=AUTHORITY, note="Por su portal", by=staff, now=NOW)
    close_incident(incident_id=incident, note="Cerrado", by=staff, now=NOW)

    found = get_incident(incident_id=incident)
    assert (found.state, found.is_risky, found.closed_at, found.is_open) == (IncidentState.CLOSED, True, NOW, False)
    assert [each.told_at for each in found.clocks] == [NOW]
    assert [(each.step, each.note, each.by_id) for each in list_lines(incident_id=incident)][1:] == [
        ("assessed", "Nombres a la vista", staff.user_id),
        ("persons", "Por correo", staff.user_id),
        ("authority", "Por su portal", staff.user_id),
        ("closed", "Cerrado", staff.user_id),
    ]
    with pytest.raises(IncidentClosed):
        assess_incident(incident_id=incident, is_risky=False, note="No", by=staff, now=NOW)
    assert get_incident(incident_id=incident).is_risky is True


def test_there_is_none_of_another_number(tenant, staff):
    with pytest.raises(IncidentNotFound):
        get_incident(incident_id=7)
    with pytest.raises(IncidentNotFound):
        close_incident(incident_id=7, note="Ya", by=staff, now=NOW)


def test_overdue_is_what_nobody_was_told_in_time(incident, staff):
    Incident.objects.update(law_country="PE")
    end = NOW - timedelta(hours=1) + timedelta(hours=48)

    found = get_incident(incident_id=incident)
    assert (found.is_late(end - timedelta(seconds=1)), found.is_late(end)) == (False, True)
    note_told(incident_id=incident, to=AUTHORITY, note="Por su portal", by=staff, now=NOW)
    assert not get_incident(incident_id=incident).is_late(end)


def test_reach_is_counted_from_what_was_there(booking, book):
    other = book(name="Beto", email="beto@example.com", phone="+525511112222")
    tables = ("scheduling.Booking", "scheduling.Customer", "scheduling.VisitsLink")
    Booking.objects.filter(pk=other.id).update(created_at=NOW + timedelta(hours=1))
    Customer.objects.filter(pk=other.customer_id).update(created_at=NOW + timedelta(hours=1))

    before, after = (count_reach(tables, until=NOW + timedelta(hours=each)) for each in (0, 2))

    assert [(each.title, each.rows, each.persons) for each in before] == [
        ("Visits", 1, 1), ("Record", 1, 1), ("Links to one's own visits", 0, None),
    ]  # fmt: skip
    assert [(each.rows, each.persons) for each in after] == [(2, 2), (2, 2), (0, None)]
    assert "Phone" in before[0].columns
    assert before[0].is_sensitive


def test_every_table_of_customers_can_be_counted(booking):
    tables = [model for model, _ in list_reachable_tables()]

    reached = count_reach(tables, until=NOW + timedelta(days=1))

    assert len(reached) == len(tables) > 20
    assert sum(each.persons is not None for each in reached) >= 15


def test_steps_are_only_added_to(incident):
    with pytest.raises(TypeError):
        IncidentLogLine.objects.update(note="Otra cosa")
    with pytest.raises(TypeError):
        IncidentLogLine.objects.all().delete()
    for broken in ({"ended_at": NOW - timedelta(days=9)}, {"state": "closed"}, {"known_at": NOW + timedelta(days=9)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.update(**broken)
    assert replace(get_incident(incident_id=incident), title="x").title == "x"
    assert (str(Incident.objects.get()), str(IncidentLogLine.objects.get())[:8]) == ("Lista a la vista", "recorded")
