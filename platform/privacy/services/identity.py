"""Who asks: checked before anything is told, corrected or erased, and written down how, by whom and when."""

from __future__ import annotations

from datetime import datetime

from database.transactions import write_transaction
from kernel.text import mark
from notifications.services.codes import Reach, SentCode, ask_code, list_ways, try_code, use_code
from notifications.types.messages import Recipient
from privacy.enums import IdentityCheck, RequestRight, RequestStep
from privacy.errors import CodeUnproven, ContactNotOnRecord, IdentityProven, PersonErased, PersonUnknown
from privacy.models import PersonRequest
from privacy.services.asking import check_not_open
from privacy.services.proofs import take_back_proof
from privacy.services.steps import lock_request, note_step
from privacy.services.warning import plan_warning
from privacy.types import LONGEST_NOTE
from scheduling.errors import RequestInvalid
from scheduling.selectors.customers.persons import PersonFacts, get_person
from scheduling.services.aftercare.feedback import read_words
from scheduling.services.erasing import lock_persons
from scheduling.types import Actor
from tenants.enums import Ability
from tenants.policies import check_business_may

CODE_WRONG = mark("This code is wrong, was used already or has expired.")
BY_WORD = (IdentityCheck.DOCUMENT, IdentityCheck.KNOWN, IdentityCheck.CALLED_BACK)
"""Checks that somebody of the business made and describes; the others the program made."""


@write_transaction()
def choose_person(*, request_id: int, customer_id: int, by: Actor, now: datetime) -> None:
    """Say whose data a request is about; a check of the identity that was made for another record does not count.

    Nor does what was decided upon it: a request that was agreed to waits for its answer again.

    Raises:
        StatusForbids: The business is not ready yet.
        PersonRequestNotFound, PersonRequestEnded: There is none that waits.
        CustomerNotFound: There is no such customer.
        PersonErased: Nothing is kept of that customer.
        PersonRequestOpen: The same of that customer waits already.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    lock_persons([customer_id])  # before the request, as whoever merges or erases
    request = lock_request(request_id)
    person = get_person(customer_id=customer_id)
    if person.is_erased:
        raise PersonErased
    if request.customer_id == customer_id:
        return
    check_not_open(customer_id, RequestRight(request.right))
    request.customer_id = customer_id
    request.identity_note = ""
    take_back_proof(request)
    request.save()
    plan_warning(request, now=now)
    note_step(request, RequestStep.CHOSEN, at=now, by_id=by.user_id, note=f"#{customer_id}")


@write_transaction()
def note_identity(*, request_id: int, check: IdentityCheck, note: str, by: Actor, now: datetime) -> None:
    """Write down that somebody of the business checked who asks, and how: with a sentence that can be shown later.

    Raises:
        StatusForbids, PersonRequestNotFound, PersonRequestEnded: As `choose_person`.
        IdentityProven: It was checked already; what was written down stays.
        RequestInvalid: How it was checked is missing, or is nothing that a person checks.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    if check not in BY_WORD:
        raise RequestInvalid(errors={"check": (mark("Choose how you checked it."),)})
    words = read_words(note, field="note", longest=LONGEST_NOTE)
    request = lock_request(request_id)
    _check_unidentified(request)
    _identify(request, check, words, by_id=by.user_id, now=now)


@write_transaction()
def send_code(*, request_id: int, contact: str, by: Actor, now: datetime) -> SentCode:
    """Send a code to a contact that is on the record of whose data it is.

    Raises:
        StatusForbids, PersonRequestNotFound, PersonRequestEnded: As `choose_person`.
        PersonUnknown: It is not known whose data it is about.
        IdentityProven: As `note_identity`.
        ContactNotOnRecord: The contact is not on record, nobody can be reached there, or nobody had shown that it is
            theirs before this was asked: whoever typed it may be anybody.
        TooManyCodes, BudgetSpent: As `notifications.services.codes.ask_code`.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    request = lock_request(request_id)
    _check_unidentified(request)
    way = _find_way(request, contact)
    sent = ask_code(to=way, locale=request.locale, is_new_wanted=True, now=now)
    note_step(request, RequestStep.CODE_SENT, at=now, by_id=by.user_id, note=way.channel)
    return sent


def prove_code(*, request_id: int, contact: str, code: str, by: Actor, now: datetime) -> None:
    """Check the code that whoever asks read out: they read the messages of a contact on record.

    Raises:
        StatusForbids, PersonRequestNotFound, PersonRequestEnded, PersonUnknown, ContactNotOnRecord,
        IdentityProven: As `send_code`.
        CodeUnproven: It is another one, was used, or its time is over.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    with write_transaction():
        request = lock_request(request_id)
        _check_unidentified(request)
        way = _find_way(request, contact)
    # Outside of the transaction: what fails after it gives no attempt back.
    proof = try_code(ways=[way], code=code, now=now)
    if proof is None:
        raise CodeUnproven(errors={"code": (CODE_WRONG,)})
    with write_transaction():
        request = lock_request(request_id)
        _check_unidentified(request)
        _find_way(request, contact)
        if not use_code(proof, now=now):
            raise CodeUnproven(errors={"code": (CODE_WRONG,)})
        _identify(request, IdentityCheck.CODE, way.channel, by_id=by.user_id, now=now)


def _get_person(request: PersonRequest) -> PersonFacts:
    if request.customer_id is None:
        raise PersonUnknown
    return get_person(customer_id=request.customer_id)


def list_reachable(person: PersonFacts, *, asked_at: datetime) -> tuple[str, ...]:
    """Return the contacts to which a code can be sent: those that were proven before it was asked."""
    return tuple(each for each in person.list_verified(by=asked_at) if _list_ways(person, each))


def _check_unidentified(request: PersonRequest) -> None:
    """See to it that what was written down of a check is not written over."""
    if request.identity_at is not None:
        raise IdentityProven


def _find_way(request: PersonRequest, contact: str) -> Reach:
    person = _get_person(request)
    ways = _list_ways(person, contact) if contact in person.list_verified(by=request.asked_at) else ()
    if not ways:
        raise ContactNotOnRecord
    return ways[0]


def _list_ways(person: PersonFacts, contact: str) -> tuple[Reach, ...]:
    is_email = contact in person.emails
    return list_ways(
        Recipient(email=contact if is_email else "", phone="" if is_email else contact, locale=person.locale)
    )


def _identify(request: PersonRequest, check: IdentityCheck, note: str, *, by_id: int | None, now: datetime) -> None:
    request.identity_check, request.identity_note = check, note
    request.identity_at, request.identity_by_id = now, by_id
    request.save(update_fields=["identity_check", "identity_note", "identity_at", "identity_by"])
    note_step(request, RequestStep.IDENTIFIED, at=now, by_id=by_id, note=check.value)
