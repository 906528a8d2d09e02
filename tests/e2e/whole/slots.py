"""Free times as the API tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.whole.site import Site

DAYS_PER_QUESTION = 28


def get_service(site: Site, name: str) -> dict[str, Any]:
    """Return a service by its name in Spanish."""
    return next(each for each in site.get("/api/v1/services").json()["results"] if each["name"] == name)


def list_starts(site: Site, service_id: str, *, days: int = DAYS_PER_QUESTION) -> list[str]:
    """List the free starts from tomorrow on that do not overlap each other."""
    starts, free_from = [], datetime.min.replace(tzinfo=UTC)
    for slot in _list_slots(site, service_id, days):
        starts_at = datetime.fromisoformat(slot["starts_at"])
        if starts_at >= free_from:
            starts.append(slot["starts_at"])
            free_from = datetime.fromisoformat(slot["ends_at"])
    return starts


def make_body(service_id: str, starts_at: str, email: str, **customer: str) -> dict[str, Any]:
    """Return the body of a booking in Spanish."""
    person = {"name": "Ana Ruiz", "email": email, "locale": "es", **customer}
    return {"service": service_id, "starts_at": starts_at, "customer": person, "consents": ["booking"]}


def _list_slots(site: Site, service_id: str, days: int) -> Iterator[dict[str, Any]]:
    first = datetime.now(tz=UTC).date() + timedelta(days=1)
    for offset in range(0, days, DAYS_PER_QUESTION):
        start = first + timedelta(days=offset)
        end = start + timedelta(days=min(DAYS_PER_QUESTION, days - offset) - 1)
        answer = site.get(f"/api/v1/availability?service={service_id}&from={start}&to={end}").json()
        for day in answer["days"]:
            yield from day["slots"]
