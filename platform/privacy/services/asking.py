"""Asking: by the link of a visit, or recorded by staff for whoever calls, writes or comes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from kernel.ids import hash_token
from kernel.law.persons import Right, find_deadlines
from kernel.text import mark
from privacy.enums import IdentityCheck, RequestRight, RequestSource, RequestStep
from privacy.errors import PersonErased, PersonRequestOpen
from privacy.models import PersonRequest
from privacy.services.links import derive_tokens
from privacy.services.places import find_place
from privacy.services.steps import ASKED, announce, note_step
from privacy.services.warning import plan_warning
from privacy.types import LONGEST_TEXT
from scheduling.errors import RequestInvalid
from scheduling.selectors.aftercare.data_requests import is_earlier_open
from scheduling.selectors.customers.persons import LinkFacts, get_person, read_link
from scheduling.services.aftercare.feedback import clean_words, read_words
from scheduling.types import Actor
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import check_business_may

LONGEST_NAME, LONGEST_CONTACT = 120, 254
TOO_EARLY, TOO_LATE = mark("This is too long ago."), mark("This lies in the future.")
OLDEST_DAYS = 400
NAME_MISSING = mark("Write the name of whoever asks.")


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """What staff writes down of a request that did not come by a link.

    Attributes:
        customer_id: Whose data it is about; None: not known yet.
        asked_at: When it reached the business (aware): the clock runs from then.
    """

    right: RequestRight
    source: RequestSource
    asked_at: datetime
    customer_id: int | None = None
    name: str = ""
    contact: str = ""
    text: str = ""


@write_transaction()
def ask_by_link(*, token: str, right: RequestRight, text: str, now: datetime) -> int:
    """Use a right with the link of a visit; return the number of the request.

    The link proves who reads one contact. It is enough where that contact made every visit of the record; else staff
    checks who asks before anything is done (`scheduling.selectors.customers.persons.LinkFacts`). It can be asked in
    every state of the business: the right does not end with a subscription.

    Raises:
        TokenUnknown, LinkEnded: There is no such booking, or its visit is long over.
        RequestInvalid: The text is too long or unreadable, or missing where something is to be corrected.
        PersonRequestOpen: The same waits already.
        PersonErased: Nothing is kept any more.
    """
    link = read_link(token=token, now=now)
    words = _read_text(right, text)
    is_proven = link.is_whole or link.is_test
    _check_new(link, right)
    row = _make(
        right,
        link=link,
        source=RequestSource.LINK,
        text=words,
        identity=IdentityCheck.LINK if is_proven else None,
        asked_at=now,
        now=now,
    )
    row.save()
    note_step(row, RequestStep.ASKED, at=now)
    if is_proven:
        note_step(row, RequestStep.IDENTIFIED, at=now, note=IdentityCheck.LINK.value)
    plan_warning(row, now=now)
    announce(row, ASKED, now=now)
    return int(row.pk)


@write_transaction()
def record_request(*, recorded: RecordedRequest, by: Actor, now: datetime) -> int:
    """Write down a request that came by phone, on paper, by e-mail or in person; return its number.

    Raises:
        StatusForbids: The business is not ready yet.
        CustomerNotFound: There is no such customer.
        RequestInvalid: Something is missing or wrong; ``errors`` says what.
        PersonRequestOpen, PersonErased: As `ask_by_link`.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    errors: dict[str, tuple[str, ...]] = {}
    name = clean_words(recorded.name, field="name", longest=LONGEST_NAME, errors=errors)
    contact = clean_words(recorded.contact, field="contact", longest=LONGEST_CONTACT, errors=errors)
    text = clean_words(recorded.text, field="text", longest=LONGEST_TEXT, errors=errors)
    if recorded.asked_at > now:
        errors["asked_at"] = (TOO_LATE,)
    elif (now - recorded.asked_at).days > OLDEST_DAYS:
        errors["asked_at"] = (TOO_EARLY,)
    if recorded.customer_id is None and not name and "name" not in errors:
        errors["name"] = (NAME_MISSING,)
    if errors:
        raise RequestInvalid(errors=errors)
    locale = current_tenant().locale
    if recorded.customer_id is not None:
        person = get_person(customer_id=recorded.customer_id)
        if person.is_erased:
            raise PersonErased
        name, locale = name or person.name, person.locale
        contact = contact or next(iter(person.contacts), "")
        check_not_open(recorded.customer_id, recorded.right)
    row = _make(recorded.right, source=recorded.source, text=text, identity=None, asked_at=recorded.asked_at, now=now)
    row.customer_id, row.name, row.contact, row.locale = recorded.customer_id, name, contact, locale
    row.recorded_by_id = by.user_id
    row.save()
    note_step(row, RequestStep.ASKED, at=now, by_id=by.user_id)
    plan_warning(row, now=now)
    announce(row, ASKED, now=now)
    return int(row.pk)


def _read_text(right: RequestRight, text: str) -> str:
    if right == RequestRight.RECTIFICATION:
        return read_words(text, field="text", longest=LONGEST_TEXT)
    errors: dict[str, tuple[str, ...]] = {}
    words = clean_words(text, field="text", longest=LONGEST_TEXT, errors=errors)
    if errors:
        raise RequestInvalid(errors=errors)
    return words


def _check_new(link: LinkFacts, right: RequestRight) -> None:
    if link.customer_id is not None:
        if get_person(customer_id=link.customer_id).is_erased:
            raise PersonErased
        check_not_open(link.customer_id, right)
    # A visit that changed hands, or a request whose person was chosen anew, may have one of this booking.
    lock_words(KeySpace.PRIVACY, "booking", str(link.booking_id))
    if PersonRequest.objects.filter(booking_id=link.booking_id, right=right, ended_at=None).exists():
        raise PersonRequestOpen
    if is_earlier_open(booking_id=link.booking_id, right=Right(right)):
        raise PersonRequestOpen


def check_not_open(customer_id: int, right: RequestRight) -> None:
    """Hold back others who ask the same for a customer, until the caller's transaction ends.

    Raises:
        PersonRequestOpen: It waits already.
    """
    lock_words(KeySpace.PRIVACY, "customer", str(customer_id))
    if PersonRequest.objects.filter(customer_id=customer_id, right=right, ended_at=None).exists():
        raise PersonRequestOpen
    if is_earlier_open(customer_id=customer_id, right=Right(right)):
        raise PersonRequestOpen


def _make(
    right: RequestRight,
    *,
    source: RequestSource,
    text: str,
    identity: IdentityCheck | None,
    asked_at: datetime,
    now: datetime,
    link: LinkFacts | None = None,
) -> PersonRequest:
    """Return a request with its clock, not saved yet."""
    place = find_place(timezone=link.timezone, region=link.region) if link else find_place()
    deadline = find_deadlines(Right(right), asked_at=asked_at, place=place).answer
    row = PersonRequest(
        uid=uuid4(),
        right=right,
        source=source,
        text=text,
        asked_at=asked_at,
        recorded_at=now,
        law_country=place.country,
        law_region=place.region,
        timezone=place.timezone,
        answer_on=deadline.last_on,
        due_at=deadline.ends_at,
        identity_check=identity or "",
        identity_at=now if identity else None,
    )
    row.token_hash = hash_token(derive_tokens(row)[0])
    if link is not None:
        row.customer_id, row.booking_id = link.customer_id, link.booking_id
        row.name, row.contact, row.locale = link.name, link.contact, link.locale or current_tenant().locale
    return row
