"""Test bookings count nowhere: the usual manager leaves them out, and those who see them are named here."""

from __future__ import annotations

import re

from config.environment import ROOT
from scheduling.models import Booking

SEE_TRIALS = {
    "scheduling/models/booking.py": "says what they are",
    "scheduling/selectors/availability/free_times.py": "one of them moves",
    "scheduling/selectors/bookings/views.py": "one by its id or link",
    "scheduling/selectors/catalog/usage.py": "a service is not deleted under them",
    "scheduling/selectors/first_run/trials.py": "their own list",
    "scheduling/services/catalog/locations.py": "a place is not deleted under them",
    "scheduling/services/first_run/trials.py": "makes and deletes them",
    "scheduling/selectors/customers/persons.py": "one by its link",
    "scheduling/selectors/bookings/references.py": "whoever is erased may have one, and is in its answers too",
    "scheduling/services/customers/belongings.py": "all of a record goes to another one",
    "scheduling/services/customers/owners.py": "what two records call one thing is one thing, in tests too",
    "scheduling/services/imports/undoing.py": "who has any visit, be it a test, is not taken back",
    "scheduling/services/erasing.py": "whoever is erased is in none of them any more",
    "scheduling/services/messages/relinking.py": "links of all are derived anew",
    "scheduling/services/photos.py": "its photos stay as long as those of a visit",
    "scheduling/services/writing/expiry.py": "one ends by itself",
    "scheduling/services/writing/lookups.py": "one by its id or link",
}
WRITE_SQL = {
    "scheduling/selectors/availability/occupancy.py": "by what is taken: groups, rules, moments; they take nothing",
    "scheduling/selectors/bookings/search.py": "by search keys; they have none",
    "scheduling/selectors/reports/loads.py": "without tests, as it says",
    "scheduling/selectors/reports/use.py": "says so itself, and they take nothing",
    "scheduling/services/messages/relinking.py": "by their ids, tests too",
    "scheduling/services/writing/events.py": "by ids of holds that ended in somebody's way; they are in nobody's",
    "scheduling/services/writing/expiry.py": "by what is taken: groups, rules, moments; they take nothing",
}
"""Statements that name the table, and why no test is among their rows."""


def find_files(pattern: str) -> set[str]:
    rooms = ("scheduling", "billing", "api", "platform", "tenants", "verticals")
    paths = (path for room in rooms for path in (ROOT / room).rglob("*.py"))
    shown = {str(path.relative_to(ROOT)): path.read_text() for path in paths if "migrations" not in path.parts}
    return {
        name for name, text in shown.items() if not name.startswith("platform/devtools/") and re.search(pattern, text)
    }


def test_usual_manager_leaves_trials_out():
    assert Booking._default_manager is Booking.objects
    assert "is_test" in str(Booking.objects.all().query.where)


def test_those_who_see_trials_are_named():
    assert find_files(r"\bwith_tests\b|Booking\._base_manager") == set(SEE_TRIALS)


def test_statements_on_bookings_are_named():
    assert find_files(r"\bscheduling_booking\b(?!_)") == set(WRITE_SQL)
