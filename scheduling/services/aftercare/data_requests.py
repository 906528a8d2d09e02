"""What customers want of the data that is kept about them: handed to staff, who does it and answers."""

from __future__ import annotations

from datetime import datetime

from database.transactions import write_transaction
from notifications.services.outbox import publish
from scheduling.enums import DataRequestKind
from scheduling.errors import DataRequestNotFound, DataRequestOpen, RequestInvalid
from scheduling.models import DataRequest
from scheduling.services.aftercare.feedback import clean_words, read_words
from scheduling.services.writing.lookups import lock_booking
from scheduling.types import Actor
from scheduling.types.aftercare.views import LONGEST_ANSWER, LONGEST_WISH
from tenants.enums import Ability
from tenants.policies import check_business_may

ASKED, DONE = "data_request.asked", "data_request.done"


@write_transaction()
def ask_about_data(*, token: str, kind: DataRequestKind, text: str, now: datetime) -> None:
    """Ask to correct or erase what is kept; whoever wants a correction says which.

    It can be asked in every state of the business: the right does not end with a subscription.

    Raises:
        TokenUnknown, LinkEnded: There is no such booking, or its visit is long over.
        RequestInvalid: The text is too long, or missing for a correction.
        DataRequestOpen: The same waits already.
    """
    booking = lock_booking(now=now, token=token)
    if kind is DataRequestKind.CORRECTION:
        words = read_words(text, field="text", longest=LONGEST_WISH)
    else:
        errors: dict[str, tuple[str, ...]] = {}
        words = clean_words(text, field="text", longest=LONGEST_WISH, errors=errors)
        if errors:
            raise RequestInvalid(errors=errors)
    if DataRequest.objects.filter(booking=booking, kind=kind, done_at=None).exists():
        raise DataRequestOpen
    request = DataRequest.objects.create(booking=booking, kind=kind, text=words, asked_at=now)
    payload = {"request_id": request.pk, "kind": kind.value, "is_test": booking.is_test}
    publish(kind=ASKED, subject_id=booking.pk, payload=payload, now=now)


@write_transaction()
def finish_request(*, request_id: int, answer: str, now: datetime, by: Actor) -> int:
    """Answer a wish that was done, or was not and why; return its booking. The customer is told.

    Whoever may read the business may answer, in every state: who asked has a right to it, and the law sets a deadline.

    Raises:
        StatusForbids: The business is not ready yet.
        DataRequestNotFound: There is none that waits.
        RequestInvalid: The answer is empty or too long.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    words = read_words(answer, field="answer", longest=LONGEST_ANSWER)
    request = DataRequest.objects.select_for_update().filter(pk=request_id, done_at=None).first()
    if request is None:
        raise DataRequestNotFound
    request.done_at, request.done_by_id, request.answer = now, by.user_id, words
    request.save(update_fields=["done_at", "done_by", "answer"])
    payload = {"request_id": request.pk, "by_user_id": by.user_id}
    publish(kind=DONE, subject_id=request.booking_id, payload=payload, now=now)
    return int(request.booking_id)
