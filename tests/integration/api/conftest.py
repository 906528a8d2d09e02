from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.conftest import HostClient


def make_booking_body(client: HostClient, **changes: object) -> dict[str, object]:
    """What books the first free time of the first service, far enough away for any cut-off."""
    service = client.get("/api/v1/services").json()["results"][0]["id"]
    first = datetime.now(tz=UTC).date() + timedelta(days=7)
    query = {"service": service, "from": first, "to": first + timedelta(days=7)}
    days = client.get("/api/v1/availability", query).json()["days"]
    body: dict[str, object] = {
        "service": service,
        "starts_at": next(slot["starts_at"] for day in days for slot in day["slots"]),
        "customer": {"name": "Ana", "phone": "+525512345678"},
        "asset": {"make": "Nissan", "model": "Versa"},
    }
    return {**body, **changes}
