"""What requests have about one person, for the file that they take along; and what no room above has to add."""

from __future__ import annotations

from kernel.law.clocks import Period, Unit
from kernel.law.retention import find_retention
from kernel.text import mark
from privacy.models import PersonRequest
from privacy.services.exporting import LIFE
from privacy.services.forgetting import forget_requests
from tenants.services.erasures.persons import PersonTable, register_person_tables
from tenants.services.erasures.retention import RetentionRule, register_retention

TABLES = (
    PersonTable(
        "privacy.PersonRequest",
        mark("Requests about data"),
        lambda keys: PersonRequest.objects.filter(customer_id__in=keys.customer_ids).order_by("pk"),
        beside=("right", "state", "source", "asked_at", "answer_on", "identity_check", "answered_at", "ended_at"),
    ),
)
LEFT_OUT = {
    "privacy.PersonRequestStep": "who of the business did what; what it says is in the request",
    "privacy.PersonExport": "the file itself",
    "privacy.BlockedPerson": "what was kept before it was blocked, for judges and authorities alone",
    "privacy.BlockedLook": "who of the business read it, and why",
    "api.IdempotentAnswer": "the answer to a program, for a day; what it says is in the visit",
    "accounts.Session": "of people who work at the business, who are no customers",
    "files.StoredFile": "a picture before it is made, for seconds; pictures of visits are beside",
    "tenants.DueWork": "what went wrong with a program's work",
    "tenants.LimitCount": "a hash, for a day",
    "tenants.Tombstone": "a hash of whoever was erased",
}


RULES = (
    RetentionRule(
        "requests",
        ("privacy.PersonRequest", "privacy.PersonRequestStep"),
        mark("Who made a request about their data, and its words"),
        mark("To show that it was answered, and in time. That it was, and when, stays without a name."),
        lambda country: find_retention("requests", country).keep,
        forget_requests,
    ),
    RetentionRule(
        "person_files",
        ("privacy.PersonExport",),
        mark("Files that people take along"),
        mark("To be downloaded"),
        lambda _: Period(LIFE.days, Unit.DAYS),
    ),
)


def register() -> None:
    """Say which rows are about a person, and how long they are kept."""
    register_person_tables(TABLES, left_out=LEFT_OUT)
    register_retention(RULES)
