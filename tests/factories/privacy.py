"""Requests of persons about their data."""

from __future__ import annotations

from datetime import datetime, timedelta

from kernel.clock import utc_now
from notifications.services.outbox import publish
from privacy.enums import RequestRight, RequestSource
from privacy.models import BlockedPerson, PersonRequest
from privacy.services.asking import RecordedRequest, record_request
from privacy.services.blocking.sealing import KIND
from privacy.services.incidents import RecordedIncident, record_incident
from scheduling.models import Customer, DataRequest
from scheduling.services.aftercare.data_requests import ASKED
from scheduling.types import SYSTEM
from tenants.services.erasures.erasing import erase


def make_request(
    customer_id: int | None = None, *, right: str = RequestRight.ERASURE, now: datetime | None = None
) -> int:
    """Write a request down that came by phone; return its number, or that of the one that waits already."""
    at = now or utc_now()
    waiting = PersonRequest.objects.filter(customer_id=customer_id, right=right, ended_at=None).first()
    if waiting is not None:
        return int(waiting.pk)
    recorded = RecordedRequest(
        RequestRight(right),
        RequestSource.PHONE,
        at,
        customer_id=customer_id,
        name="Maximiliano",
        text="Todo, por favor",
    )
    return record_request(recorded=recorded, by=SYSTEM, now=at)


def make_blocked(*, name: str = "Maximiliano", now: datetime | None = None) -> int:
    """Block somebody without a visit; return their number among the blocked."""
    at = now or utc_now()
    customer = Customer.objects.create(name=name, created_at=at)
    erase(kind=KIND, row_ids=[customer.pk], now=at)
    return BlockedPerson.objects.get(customer=customer).pk


def make_earlier_request(booking_id: int, *, kind: str = "erasure", text: str = "", now: datetime) -> int:
    """Leave a request as it was before the room `privacy`, which nobody was told of yet; return its number."""
    row = DataRequest.objects.create(booking_id=booking_id, kind=kind, text=text, asked_at=now)
    payload = {"request_id": row.pk, "kind": kind, "is_test": False}
    publish(kind=ASKED, subject_id=booking_id, payload=payload, now=now)
    return int(row.pk)


def make_incident(*, now: datetime | None = None, **changes: object) -> int:
    """Write an incident down that lasted an hour and has been known for one; return its number."""
    at = now or utc_now()
    facts = {
        "title": "Lista a la vista",
        "story": "La lista de clientes quedó abierta en el mostrador.",
        "began_at": at - timedelta(hours=2),
        "ended_at": at - timedelta(hours=1),
        "known_at": at - timedelta(hours=1),
        "tables": ("scheduling.Booking", "scheduling.Customer"),
        **changes,
    }
    return record_incident(recorded=RecordedIncident(**facts), by=SYSTEM, now=at)
