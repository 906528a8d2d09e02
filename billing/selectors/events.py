"""What providers posted to the platform, and whether somebody followed it: for the operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from billing.gateway.enums import EventKind
from billing.public.models import PaymentAccountOwner, WebhookEvent
from kernel.page import MAX_LIMIT, Page, cut_page, read_cursor


@dataclass(frozen=True, slots=True)
class TakenEvent:
    """An event as it was kept: it names what was fetched afresh, and nothing else.

    Attributes:
        schema_name: The business whose account it is about; empty: of none that is known.
        done_at: When it was followed; None: it waits.
    """

    event_id: str
    kind: EventKind
    account_id: str
    object_id: str
    schema_name: str
    came_at: datetime
    done_at: datetime | None


def list_taken_events(*, is_waiting: bool, cursor: str = "", limit: int = MAX_LIMIT) -> Page[TakenEvent]:
    """List what was posted, the newest first; ``is_waiting``: only what nobody has followed yet. Two queries.

    Raises:
        Invalid: The cursor is not one that this list gave.
    """
    rows = WebhookEvent.objects.order_by("-pk")  # in the order in which they were kept: by its index
    if is_waiting:
        rows = rows.filter(done_at=None)
    if cursor:
        (last_id,) = read_cursor(cursor, int)
        rows = rows.filter(pk__lt=last_id)
    found = list(rows[: limit + 1])
    accounts = {row.provider_account_id for row in found}
    owners = PaymentAccountOwner.objects.filter(provider_account_id__in=accounts)
    names = dict(owners.values_list("provider_account_id", "schema_name"))

    def view(row: WebhookEvent) -> TakenEvent:
        return TakenEvent(
            event_id=row.event_id,
            kind=EventKind(row.kind),
            account_id=row.provider_account_id,
            object_id=row.object_id,
            schema_name=names.get(row.provider_account_id, ""),
            came_at=row.came_at,
            done_at=row.done_at,
        )

    return cut_page(found, limit=limit, view=view, key=lambda row: (row.pk,))


def count_waiting_events(*, before: datetime) -> int:
    """Return how many wait that came before a moment: what is followed as it should be is followed within minutes."""
    return WebhookEvent.objects.filter(done_at=None, came_at__lt=before).count()
