"""Deciding about a request: more time, agreeing, refusing with a reason, ending it when it is done."""

from __future__ import annotations

from datetime import datetime

from database.transactions import write_transaction
from kernel.law.persons import Right, find_carrying_out, find_deadlines
from privacy.enums import RequestRight, RequestState, RequestStep
from privacy.errors import (
    IdentityUnproven,
    NoExtension,
    NotAgreed,
    NotErased,
    PersonRequestEnded,
    PersonUnknown,
    TooLateToExtend,
)
from privacy.models import PersonRequest
from privacy.services.places import get_place_of
from privacy.services.steps import ANSWERED, EXTENDED, announce, lock_request, note_step
from privacy.services.warning import plan_warning
from privacy.types import LONGEST_REASON
from scheduling.services.aftercare.feedback import read_words
from scheduling.types import Actor
from tenants.enums import Ability
from tenants.policies import check_business_may


@write_transaction()
def extend(*, request_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Take more time, once, where the law gives it; whoever asked is told why, and until when.

    Raises:
        StatusForbids: The business is not ready yet.
        PersonRequestNotFound, PersonRequestEnded: There is none that waits.
        NoExtension: The law gives none, or it was taken, or the request was agreed to.
        TooLateToExtend: The time is over.
        RequestInvalid: The reason is missing or too long.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    words = read_words(reason, field="reason", longest=LONGEST_REASON)
    request = lock_request(request_id)
    deadlines = find_deadlines(Right(request.right), asked_at=request.asked_at, place=get_place_of(request))
    is_longer = deadlines.longest.ends_at > deadlines.answer.ends_at
    if request.extended_at is not None or request.state != RequestState.ASKED or not is_longer:
        raise NoExtension
    if now >= request.due_at:
        raise TooLateToExtend
    request.extended_at, request.extension_reason, request.warned_at = now, words, None
    request.answer_on, request.due_at = deadlines.longest.last_on, deadlines.longest.ends_at
    request.save()
    note_step(request, RequestStep.EXTENDED, at=now, by_id=by.user_id)
    plan_warning(request, now=now)
    announce(request, EXTENDED, now=now)


@write_transaction()
def grant(*, request_id: int, by: Actor, now: datetime) -> None:
    """Agree to do what is asked; from now on the time for doing it runs, where the law has one of its own.

    Raises:
        StatusForbids, PersonRequestNotFound, PersonRequestEnded: As `extend`.
        PersonUnknown: It is not known whose data it is about.
        IdentityUnproven: Nobody has checked who asks.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    request = lock_request(request_id)
    if request.customer_id is None:
        raise PersonUnknown
    if request.identity_at is None:
        raise IdentityUnproven
    if request.state == RequestState.GRANTED:
        return
    request.state, request.answered_at, request.answered_by_id = RequestState.GRANTED, now, by.user_id
    doing = find_carrying_out(Right(request.right), answered_at=now, place=get_place_of(request))
    if doing is not None:
        request.carry_out_on, request.due_at, request.warned_at = doing.last_on, doing.ends_at, None
    request.save()
    note_step(request, RequestStep.GRANTED, at=now, by_id=by.user_id)
    plan_warning(request, now=now)
    announce(request, ANSWERED, now=now)


@write_transaction()
def refuse(*, request_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Refuse it, for a reason that whoever asked is told; no check of the identity is needed for that.

    Raises:
        StatusForbids, PersonRequestNotFound, PersonRequestEnded: As `extend`.
        RequestInvalid: The reason is missing or too long.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    words = read_words(reason, field="answer", longest=LONGEST_REASON)
    request = lock_request(request_id)
    _end(request, RequestState.REFUSED, words, by=by, now=now)
    note_step(request, RequestStep.REFUSED, at=now, by_id=by.user_id)
    announce(request, ANSWERED, now=now)


@write_transaction()
def finish(*, request_id: int, answer: str, by: Actor, now: datetime) -> None:
    """Say that it is done, and what was done; whoever asked is told.

    Erasing, and blocking where the law has that first, ends by itself when it is carried out (`carrying`), and never
    without.

    Raises:
        StatusForbids, PersonRequestNotFound, PersonRequestEnded: As `extend`.
        NotAgreed: It was not agreed to.
        NotErased: It asks for erasing.
        RequestInvalid: The answer is missing or too long.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    words = read_words(answer, field="answer", longest=LONGEST_REASON)
    request = lock_request(request_id)
    if request.state != RequestState.GRANTED:
        raise NotAgreed
    if request.right == RequestRight.ERASURE:
        raise NotErased
    end_done(request, words, by=by, now=now)


@write_transaction()
def withdraw(*, request_id: int, by: Actor, now: datetime) -> None:
    """Note that whoever asked does not want it any more; a second time changes nothing.

    Raises:
        StatusForbids, PersonRequestNotFound: As `extend`.
        PersonRequestEnded: It has ended otherwise.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    request = lock_request(request_id, is_open=False)
    if request.state == RequestState.WITHDRAWN:
        return
    if request.ended_at is not None:
        raise PersonRequestEnded
    _end(request, RequestState.WITHDRAWN, "", by=by, now=now)
    note_step(request, RequestStep.WITHDRAWN, at=now, by_id=by.user_id)


def end_done(request: PersonRequest, words: str, *, by: Actor, now: datetime) -> None:
    """End a request that was carried out, in the caller's transaction; whoever asked is told."""
    _end(request, RequestState.DONE, words, by=by, now=now)
    note_step(request, RequestStep.DONE, at=now, by_id=by.user_id)
    announce(request, ANSWERED, now=now)


def _end(request: PersonRequest, state: RequestState, words: str, *, by: Actor, now: datetime) -> None:
    request.state, request.answer, request.ended_at = state, words, now
    if request.answered_at is None and state != RequestState.WITHDRAWN:
        request.answered_at, request.answered_by_id = now, by.user_id
    request.save()
