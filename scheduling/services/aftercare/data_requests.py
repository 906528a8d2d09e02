"""What customers wanted of their data before the room `privacy` took it over: staff answers what still waits."""

from __future__ import annotations

from datetime import datetime

from database.transactions import write_transaction
from notifications.services.outbox import publish
from scheduling.errors import DataRequestNotFound
from scheduling.models import DataRequest
from scheduling.services.aftercare.feedback import read_words
from scheduling.types import Actor
from scheduling.types.aftercare.views import LONGEST_ANSWER
from tenants.enums import Ability
from tenants.policies import check_business_may

ASKED, DONE = "data_request.asked", "data_request.done"
"""Of the first there may be some left that nobody was told of yet."""


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
