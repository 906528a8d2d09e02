"""What requests have about one person, for the file that they take along; and what no room above has to add."""

from __future__ import annotations

from kernel.text import mark
from privacy.models import PersonRequest
from tenants.services.erasures.persons import PersonTable, register_person_tables

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


def register() -> None:
    """Say which rows are about a person."""
    register_person_tables(TABLES, left_out=LEFT_OUT)
