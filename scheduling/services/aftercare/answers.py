"""What the business does about an opinion: answers it, or takes it off the booking page for a reason."""

from __future__ import annotations

from datetime import datetime

from database.transactions import write_transaction
from notifications.services.outbox import publish
from scheduling.errors import FeedbackNotFound
from scheduling.models import Feedback
from scheduling.services.aftercare.feedback import read_words
from scheduling.services.writing.inputs import clean_reason
from scheduling.types import Actor
from scheduling.types.aftercare.views import LONGEST_ANSWER, HidingLine
from tenants.enums import Ability
from tenants.policies import check_business_may

ANSWERED = "feedback.answered"


@write_transaction()
def answer_feedback(*, booking_id: int, text: str, now: datetime, by: Actor) -> bool:
    """Answer what was said about a visit, or better an answer, and tell whether it is new; the customer reads it.

    Only the first answer is told by a message.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        FeedbackNotFound: Nothing was said.
        RequestInvalid: The answer is empty or too long.
    """
    check_business_may(Ability.STEP, is_staff=True)
    words = read_words(text, field="answer", longest=LONGEST_ANSWER)
    feedback = _lock(booking_id)
    if feedback.answer == words:
        return False
    is_first = feedback.answered_at is None
    feedback.answer, feedback.answered_at, feedback.answered_by_id = words, now, by.user_id
    feedback.save(update_fields=["answer", "answered_at", "answered_by"])
    if is_first:
        publish(kind=ANSWERED, subject_id=booking_id, payload={"by_user_id": by.user_id}, now=now)
    return True


@write_transaction()
def hide_feedback(*, booking_id: int, reason: str, now: datetime, by: Actor) -> bool:
    """Take an opinion off the booking page and tell whether it was there; the reason and who did it are kept.

    Raises:
        StatusForbids, FeedbackNotFound: As `answer_feedback`.
        RequestInvalid: There is no reason, or it is too long.
    """
    check_business_may(Ability.STEP, is_staff=True)
    kept = clean_reason(reason, is_required=True)
    feedback = _lock(booking_id)
    if feedback.hidden_at is not None:
        return False
    feedback.hidden_at, feedback.hidden_reason = now, kept
    _note(feedback, HidingLine(now, is_hidden=True, user_id=by.user_id, reason=kept))
    return True


@write_transaction()
def show_feedback(*, booking_id: int, now: datetime, by: Actor) -> bool:
    """Let an opinion that was hidden be read again, where its customer still lets it, and tell whether it was hidden.

    Raises:
        StatusForbids, FeedbackNotFound: As `answer_feedback`.
    """
    check_business_may(Ability.STEP, is_staff=True)
    feedback = _lock(booking_id)
    if feedback.hidden_at is None:
        return False
    feedback.hidden_at, feedback.hidden_reason = None, ""
    _note(feedback, HidingLine(now, is_hidden=False, user_id=by.user_id))
    return True


def _note(feedback: Feedback, line: HidingLine) -> None:
    """Write a line into the log of an opinion, and save whether it is hidden."""
    feedback.hiding_log = [*(feedback.hiding_log or ()), line.to_json()]
    feedback.save(update_fields=["hidden_at", "hidden_reason", "hiding_log"])


def _lock(booking_id: int) -> Feedback:
    found = Feedback.objects.select_for_update().filter(booking_id=booking_id).first()
    if found is None:
        raise FeedbackNotFound
    return found
