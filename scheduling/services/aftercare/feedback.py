"""What a customer says about a visit: once, with the link of the booking, and published only if they want it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from database.transactions import write_transaction
from kernel.lines import drop_invisible, is_unreadable, unify_breaks
from kernel.text import mark
from notifications.services.outbox import publish
from scheduling.enums import BookingStatus, ConsentPurpose
from scheduling.errors import FeedbackGiven, FeedbackNotFound, FeedbackNotOpen, RequestInvalid
from scheduling.models import Booking, Consent, Feedback
from scheduling.policies import check_step
from scheduling.services.writing.customers import CONSENT_TEXT_VERSION
from scheduling.services.writing.inputs import UNREADABLE
from scheduling.services.writing.lookups import lock_booking
from scheduling.types import CUSTOMER
from scheduling.types.aftercare.views import LONGEST_COMMENT, GivenFeedback

RECEIVED = "feedback.received"
SCORE_MISSING = mark("Choose from one to five stars.")
RECOMMEND_WRONG = mark("Choose from 0 to 10.")
TEXT_MISSING = mark("Write something.")
TEXT_TOO_LONG = mark("At most 1,000 characters.")
LEAST, MOST, MOST_RECOMMEND = 1, 5, 10
SOURCE = "manage_page"


@write_transaction()
def give_feedback(*, token: str, given: GivenFeedback, now: datetime, is_invented: bool = False) -> None:
    """Keep how a visit was, and who may read it; the very same again changes nothing.

    Of many at once the first stands: the booking is locked, and each has one row at most. What is said of a sample or
    a test is published nowhere, unless the whole business is a sample (``is_invented``).

    Raises:
        StatusForbids: The state of the business takes nothing from customers.
        TokenUnknown, LinkEnded: There is no such booking, or its visit is long over.
        FeedbackNotOpen: The visit is not completed.
        FeedbackGiven: Something else was said before, or was to be read by others.
        RequestInvalid: A score is none, or the comment is too long.
    """
    check_step(CUSTOMER)
    booking = lock_booking(now=now, token=token)
    if booking.status != BookingStatus.COMPLETED:
        raise FeedbackNotOpen
    said = check_feedback(given)
    if not is_invented:
        said = replace(said, may_publish=said.may_publish and _is_real(booking))
    before = Feedback.objects.filter(booking=booking).first()
    if before is not None:
        if GivenFeedback(before.score, before.comment, before.recommend_score, before.may_publish) != said:
            raise FeedbackGiven
        return
    Feedback.objects.create(
        booking=booking,
        score=said.score,
        comment=said.comment,
        recommend_score=said.recommend_score,
        may_publish=said.may_publish,
        created_at=now,
    )
    if said.may_publish:
        _give_consent(booking, now)
    payload = {"score": said.score, "is_sample": booking.is_sample, "is_test": booking.is_test}
    publish(kind=RECEIVED, subject_id=booking.pk, payload=payload, now=now)


@write_transaction()
def change_consent(*, token: str, may_publish: bool, now: datetime) -> bool:
    """Let everybody read what was said, or nobody any more, and tell whether that is new.

    Taking it back is as easy as giving it (GDPR, article 7(3)), and never too late: the link does that after its end.

    Raises:
        StatusForbids, TokenUnknown, LinkEnded: As `give_feedback`.
        FeedbackNotFound: Nothing was said.
    """
    check_step(CUSTOMER)
    booking = lock_booking(now=now, token=token, is_ended_allowed=not may_publish)
    feedback = Feedback.objects.filter(booking=booking).first()
    if feedback is None:
        raise FeedbackNotFound
    may_publish = may_publish and _is_real(booking)
    if feedback.may_publish == may_publish:
        return False
    feedback.may_publish = may_publish
    feedback.save(update_fields=["may_publish"])
    if may_publish:
        _give_consent(booking, now)
    else:
        given = Consent.objects.filter(
            booking=booking, purpose=ConsentPurpose.PUBLISH_FEEDBACK, withdrawn_at=None, given_at__lte=now
        )
        given.update(withdrawn_at=now)
    return True


def check_feedback(given: GivenFeedback) -> GivenFeedback:
    """Return what can be kept.

    Raises:
        RequestInvalid: Names every field that cannot.
    """
    errors: dict[str, tuple[str, ...]] = {}
    if not LEAST <= given.score <= MOST:
        errors["score"] = (SCORE_MISSING,)
    if given.recommend_score is not None and not 0 <= given.recommend_score <= MOST_RECOMMEND:
        errors["recommend_score"] = (RECOMMEND_WRONG,)
    comment = clean_words(given.comment, field="comment", longest=LONGEST_COMMENT, errors=errors)
    if errors:
        raise RequestInvalid(errors=errors)
    return GivenFeedback(given.score, comment, given.recommend_score, given.may_publish)


def clean_words(text: str, *, field: str, longest: int, errors: dict[str, tuple[str, ...]]) -> str:
    """Return words of several lines as they are kept, or note in ``errors`` why they are not."""
    words = drop_invisible(unify_breaks(text)).strip()
    if is_unreadable(words.replace("\n", " ").replace("\t", " ")):
        errors[field] = (UNREADABLE,)
    elif len(words) > longest:
        errors[field] = (TEXT_TOO_LONG,)
    return words


def read_words(text: str, *, field: str, longest: int) -> str:
    """Return words that have to be there.

    Raises:
        RequestInvalid: There are none, they are too long, or cannot be read.
    """
    errors: dict[str, tuple[str, ...]] = {}
    words = clean_words(text, field=field, longest=longest, errors=errors)
    if not words and not errors:
        errors[field] = (TEXT_MISSING,)
    if errors:
        raise RequestInvalid(errors=errors)
    return words


def _is_real(booking: Booking) -> bool:
    return not (booking.is_sample or booking.is_test)


def _give_consent(booking: Booking, now: datetime) -> None:
    """Write down that everybody may read it; a test has no customer, and is published nowhere."""
    if booking.customer_id is None:
        return
    Consent.objects.create(
        customer_id=booking.customer_id,
        booking=booking,
        purpose=ConsentPurpose.PUBLISH_FEEDBACK,
        text_version=CONSENT_TEXT_VERSION,
        source=SOURCE,
        proof={"reference": booking.reference},
        given_at=now,
    )
