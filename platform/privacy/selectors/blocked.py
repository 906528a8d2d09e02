"""Who is blocked, since when and until when, and who has looked: nothing of who they are."""

from __future__ import annotations

from django.db.models import QuerySet

from privacy.enums import LookKind
from privacy.errors import BlockedNotFound
from privacy.models import BlockedLook, BlockedPerson
from privacy.types import BlockedView, LookView

MOST_BLOCKED, MOST_LOOKS = 500, 100


def list_blocked() -> tuple[BlockedView, ...]:
    """List who is blocked, who is destroyed first at the top; one query."""
    return tuple(_view(_rows().order_by("ends_at", "pk")[:MOST_BLOCKED]))


def get_blocked(*, blocked_id: int) -> BlockedView:
    """Return one of them; one query.

    Raises:
        BlockedNotFound: There is none of this number.
    """
    found = _view(_rows().filter(pk=blocked_id))
    if not found:
        raise BlockedNotFound
    return found[0]


def find_blocked_of(*, customer_id: int) -> int | None:
    """Return under which number the person of a record is blocked; None: they are not. One query."""
    return BlockedPerson.objects.filter(customer_id=customer_id).values_list("pk", flat=True).first()


def list_looks(*, blocked_id: int) -> tuple[LookView, ...]:
    """List who has looked at somebody blocked, the last one first; one query."""
    rows = BlockedLook.objects.filter(blocked_id=blocked_id).order_by("-pk")[:MOST_LOOKS]
    return tuple(LookView(LookKind(row.kind), row.at, row.by_id, row.reason) for row in rows)


def _rows() -> QuerySet[BlockedPerson]:
    return BlockedPerson.objects.defer("names", "content").select_related("customer", "request")


def _view(rows: QuerySet[BlockedPerson]) -> list[BlockedView]:
    return [
        BlockedView(
            id=row.pk,
            customer_id=row.customer_id,
            number=row.customer.number,
            request_id=row.request_id,
            asked_at=row.request.asked_at if row.request else None,
            law_country=row.law_country,
            blocked_at=row.blocked_at,
            ends_at=row.ends_at,
        )
        for row in rows
    ]
