"""Erasing a customer: that they asked, and when it was answered, stays; who it was does not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from notifications.services.forgetting import erase_subjects, erase_told
from privacy.enums import RequestRight, RequestState, RequestStep
from privacy.models import PersonExport, PersonRequest, PersonRequestStep
from privacy.services.steps import note_step
from privacy.services.telling import FAREWELL_KIND, SUBJECT_KIND
from scheduling.selectors.customers.persons import find_traces
from scheduling.services.erasing import lock_persons
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler, register_eraser, register_exported_work
from tenants.services.erasures.columns import erase_columns
from tenants.services.erasures.retention import BATCH
from tenants.types import ErasedRows

KIND = "scheduling.Customer"
DUE_KIND = "person_farewell"
LOOK_AGAIN = timedelta(minutes=10)
WORDS = ("name", "contact", "text", "extension_reason", "identity_note", "answer")
"""What a request has in words: whoever asked, and whoever answered, wrote it."""


def register() -> None:
    """Be called when customers are erased, and when the last word to one of them was sent."""
    register_eraser(KIND, "requests", 5, erase_requests)
    register_due_handler(DUE_KIND, forget_farewell)
    register_exported_work([DUE_KIND])


def erase_requests(rows: ErasedRows) -> None:
    """Take the words of their requests, and of those who handled them, and what was told of them.

    What waits ends: there is nothing left to show, to correct or to erase, and nobody to tell. An erasure that somebody
    was checked for is done with it.

    Theirs is also what was asked before it was known whose data it is: with the link of one of their visits, or with
    no link and an address that nobody else has. It goes before customers do, while it is known which they had.

    The last word, that they are erased, leaves first (`forget_farewell`).
    """
    lock_persons(rows.row_ids)  # before requests, as whoever carries an erasure out
    booking_ids, addresses = find_traces(customer_ids=rows.row_ids)
    nobodys = Q(customer=None) & (Q(booking_id__in=booking_ids) | Q(booking__customer=None, contact__in=addresses))
    found = PersonRequest.objects.filter(Q(customer_id__in=rows.row_ids) | nobodys)
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    # By number: without their address these rows are not found again.
    theirs = PersonRequest.objects.filter(pk__in=ids)
    for request in theirs.filter(ended_at=None).select_for_update().order_by("pk"):
        is_done = request.right == RequestRight.ERASURE and request.identity_at is not None
        request.state, request.ended_at = RequestState.DONE if is_done else RequestState.WITHDRAWN, rows.at
        if is_done and request.answered_at is None:
            request.answered_at = rows.at
        request.save()
        note_step(request, RequestStep.ERASED, at=rows.at)
    erase_columns(PersonRequestStep.objects.filter(request_id__in=ids))
    erase_columns(PersonRequest.objects.filter(pk__in=ids))
    erase_columns(PersonExport.objects.filter(request_id__in=ids))
    erase_subjects(SUBJECT_KIND, ids)
    erase_told(FAREWELL_KIND, ids)


def forget_requests(before: datetime) -> int:
    """Take the words of requests that ended before an instant, at most a batch; return how many had some."""
    ended = PersonRequest.objects.filter(ended_at__lt=before).exclude(**dict.fromkeys(WORDS, ""))
    ids = list(ended.order_by("pk").values_list("pk", flat=True)[:BATCH])
    erase_columns(PersonRequestStep.objects.filter(request_id__in=ids))
    erase_columns(PersonRequest.objects.filter(pk__in=ids))
    return len(ids)


def forget_farewell(row_id: int, now: datetime) -> None:
    """Leave nothing of the last message to somebody who was erased, once it left or failed (handler of due work).

    Raises:
        RetryLater: It still waits.
    """
    if erase_told(FAREWELL_KIND, [row_id]):
        raise RetryLater(at=now + LOOK_AGAIN)
