"""Sending the receipt of a transfer, from the link in the customer's messages."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from billing.errors import ReceiptNotAwaited
from billing.services.receipts import send_receipt
from edge.access import open_to_anyone
from edge.limits import check_limits, list_write_asks
from edge.requests import find_block
from edge.statuses import get_status
from files.engine import LARGEST_UPLOAD_BYTES, PictureRefused, Refusal
from files.errors import StorageFull
from kernel.errors import DomainError, LimitReached
from kernel.limits import Ask
from tenants.context import current_tenant
from web.booking.manage import go_back, load_page, render_page, while_the_link_leads
from web.errors import add_wait, translate_error

RECEIPT = "receipt"
"""Name of the file input, and what the page says was done."""


@open_to_anyone
@require_POST
@while_the_link_leads
def send(request: HttpRequest, token: str) -> HttpResponse:
    """Keep what shows that the deposit was transferred."""
    page = load_page(token)
    try:
        content = _read(request.FILES.get(RECEIPT))
        limits = (Ask("photos_address", find_block(request)), Ask("photos_business", current_tenant().schema_name))
        check_limits(*list_write_asks(request), *limits)
        send_receipt(booking_id=page.booking.id, content=content, now=page.now)
    except (PictureRefused, ReceiptNotAwaited, StorageFull) as error:
        return _refuse(request, token, error)
    except LimitReached as error:
        return add_wait(_refuse(request, token, error), error)
    return go_back(token, RECEIPT)


def _read(sent: UploadedFile[Any] | None) -> bytes:
    if sent is None:
        raise PictureRefused(Refusal.EMPTY)
    if (sent.size or 0) > LARGEST_UPLOAD_BYTES:  # what is that large is not read into memory
        raise PictureRefused(Refusal.TOO_MANY_BYTES)
    content: bytes = sent.read()
    return content


def _refuse(request: HttpRequest, token: str, error: DomainError) -> HttpResponse:
    """Show the booking with what was wrong; how much room a business has is not its customers' affair."""
    text = translate_error(error)
    if isinstance(error, StorageFull):
        text = gettext("No receipt can be taken here now. Please write to the business.")
    return render_page(request, load_page(token), "manage", status=get_status(error), refusal=text)
