"""Reading where webhooks go, and what became of each."""

from __future__ import annotations

from django.db.models import QuerySet

from kernel.page import Page, cut_page, limit_rows, read_cursor
from notifications.enums import WebhookEnd
from notifications.errors import WebhookNotFound
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.types.webhooks import DeliveryView, EndpointView

WAITING = "waiting"
"""Of deliveries that have not ended, as a filter names them."""


def list_endpoints() -> tuple[EndpointView, ...]:
    """Return every address, the oldest first."""
    return tuple(_view(row) for row in WebhookEndpoint.objects.order_by("pk"))


def get_endpoint(endpoint_id: int) -> EndpointView:
    """Return an address.

    Raises:
        WebhookNotFound: There is none.
    """
    row = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
    if row is None:
        raise WebhookNotFound
    return _view(row)


def list_deliveries(endpoint_id: int, *, state: str = "", cursor: str = "", limit: int = 50) -> Page[DeliveryView]:
    """Return a page of the log of an address, the newest first; ``state`` is a `WebhookEnd` or `WAITING`.

    Raises:
        Invalid: The cursor is not one that this list gave.
    """
    rows = _filter(WebhookDelivery.objects.filter(endpoint_id=endpoint_id), state)
    if cursor:
        (last,) = read_cursor(cursor, int)
        rows = rows.filter(pk__lt=last)
    size = limit_rows(limit)
    return cut_page(list(rows.order_by("-pk")[: size + 1]), limit=size, view=_view_delivery, key=lambda row: (row.pk,))


def _filter(rows: QuerySet[WebhookDelivery], state: str) -> QuerySet[WebhookDelivery]:
    if state == WAITING:
        return rows.filter(ended_at=None)
    return rows.filter(end=state) if state in WebhookEnd.values else rows


def _view(row: WebhookEndpoint) -> EndpointView:
    return EndpointView(
        id=row.pk,
        url=row.url,
        events=tuple(row.events),
        created_at=row.created_at,
        off_at=row.off_at,
        off_reason=row.off_reason,
        failing_since=row.failing_since,
        former_until=row.former_until,
    )


def _view_delivery(row: WebhookDelivery) -> DeliveryView:
    return DeliveryView(
        id=row.pk,
        message_id=row.message_id,
        type=row.type,
        body=row.body,
        created_at=row.created_at,
        attempts=row.attempts,
        status_code=row.status_code,
        answer=row.answer,
        next_try_at=row.next_try_at,
        end=row.end,
        ended_at=row.ended_at,
    )
