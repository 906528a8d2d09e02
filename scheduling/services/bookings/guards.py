"""Who may book without more ado, and who first types a code that was sent to their contact.

Bookings without a code are counted by contact, over all businesses, and by address block. Pages and
API go the same way::

    guard = open_guard(customer=…, block=…, code=…, now=…)
    try:
        with admit(guard) as proven_contact:
            …  # book
    except VerificationRequired as error:
        raise send_code(guard, error, is_new_wanted=…) from error

What is sent and which attempts were spent must last although nothing is booked: `open_guard` and
`send_code` stay outside of the transaction of the booking.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import DatabaseError

from kernel.emails import clean_email
from kernel.identity.phones import clean_phone
from kernel.identity.recipients import name_recipient
from kernel.ids import hash_token
from kernel.limits import Ask
from kernel.text import mark
from notifications.services.codes import Proof, Reach, ask_code, give_code_back, list_ways, try_code, use_code
from notifications.types.messages import Recipient
from scheduling.enums import ContactKind
from scheduling.errors import AlreadyBooked, CustomerInvalid, TooManyBookings, VerificationRequired
from scheduling.policies import check_new_bookings
from scheduling.selectors.bookings.coinciding import Coinciding
from scheduling.types import CUSTOMER, CustomerDetails, VisitDetails
from tenants.context import current_tenant
from tenants.services.counts import count_up, take_back

NOT_ONLINE = mark("This business takes your bookings personally, not online. Please call or write to them.")
NO_WAY_TO_PROVE = mark("To book several visits at once, give an e-mail address: we send a code there first.")
LONGEST_WAIT = timedelta(days=1)
SENT_AGAIN = timedelta(minutes=10)
"""How long the same wish from the same place counts as a form that was sent twice."""
BY_RECIPIENT = "bookings_recipient"
BY_ADDRESS = ("bookings_address", "bookings_address_weeks")


@dataclass(frozen=True, slots=True)
class Guard:
    """One try to book.

    Attributes:
        ways: How we could reach whoever books, in the order in which we would: the first one gets the messages.
        contacts: Every contact that was typed, as a limit counts it.
        proof: Of the code that was typed, if it is right.
    """

    ways: tuple[Reach, ...]
    contacts: tuple[str, ...]
    block: str
    locale: str
    has_code: bool
    proof: Proof | None
    now: datetime

    @property
    def asks(self) -> dict[Ask, str]:
        """What is counted, each with the contact that it belongs to; of the address block: none."""
        by_recipient = {Ask(BY_RECIPIENT, name_recipient(each)): each for each in self.contacts}
        return by_recipient | {Ask(name, self.block): "" for name in BY_ADDRESS}


def open_guard(*, customer: CustomerDetails, block: str, code: str, now: datetime) -> Guard:
    """Look at who wants to book, and at the code that they typed: that costs an attempt.

    Raises:
        StatusForbids: The business takes no bookings now: nobody is counted, and no code leaves.
    """
    check_new_bookings(CUSTOMER)
    phone = clean_phone(customer.phone or "", country=current_tenant().country) or ""
    email = clean_email(customer.email or "") or ""
    ways = list_ways(Recipient(email=email, phone=phone))
    return Guard(
        ways=ways,
        contacts=tuple(each for each in (email, phone) if each),
        block=block,
        locale=customer.locale,
        has_code=bool(code.strip()),
        proof=try_code(ways=ways, code=code, now=now),
        now=now,
    )


@contextmanager
def admit(guard: Guard) -> Iterator[str]:
    """Count a booking while the block makes it; yields the kind of the contact that is proven, else nothing.

    A block that raises has booked nothing: nothing is counted, and the code works again.

    Raises:
        VerificationRequired: A code has to be typed; nothing was sent yet.
        TooManyBookings: A code would have to be typed, and there is no way to send one.
    """
    if current_tenant().is_example:
        yield ""  # nothing is sent from there: nobody could type the code, and no mailbox needs a guard
        return
    asks = guard.asks
    counted = tuple(asks)
    refused = count_up(counted, now=guard.now)
    used: Proof | None = None
    try:
        used = guard.proof if guard.proof is not None and use_code(guard.proof, now=guard.now) else None
        if refused:
            _require_code(guard, refused, used)
        if used is not None:
            spared = tuple(ask for ask, contact in asks.items() if _spares(guard, used, contact))
            take_back(spared)
            counted = tuple(ask for ask in counted if ask not in spared)
        yield "" if used is None else _name_kind(used.address)
    except BaseException as error:
        if isinstance(error, VerificationRequired) and guard.has_code and guard.proof is None:
            error.is_wrong = True
        # After a failure of the database the transaction is undone, and with it what was counted in it.
        with suppress(DatabaseError):
            take_back(counted)
            if used is not None:
                give_code_back(used)
        raise


def require_proof(guard: Guard, proven_contact: str) -> None:
    """Ask for a code where so much is booked at once that nobody may do it in somebody else's name.

    Raises:
        VerificationRequired: No contact is proven.
        CustomerInvalid: There is no way to send a code.
    """
    if proven_contact or current_tenant().is_example:
        return
    if not guard.ways:
        raise CustomerInvalid(errors={"email": (NO_WAY_TO_PROVE,)})
    raise VerificationRequired(to=guard.ways[0].address, is_wrong=guard.has_code)


def check_refused(details: VisitDetails, refused: Collection[str]) -> None:
    """Refuse whoever the business does not let book online, once they have shown that they are that customer.

    ``refused`` are the kinds of the contacts that belong to such a customer. Whoever types somebody's number or
    address does not learn that: they are asked for a code, as others are who booked much.

    Raises:
        CustomerInvalid: It is told to the customer.
        VerificationRequired: A code has to be typed first.
        TooManyBookings: It would have to, and there is no way to send one.
    """
    if not refused:
        return
    if details.proven_contact in refused:
        raise CustomerInvalid(errors={"contact": (NOT_ONLINE,)})
    customer = details.customer
    ways = list_ways(Recipient(email=customer.email or "", phone=customer.phone or ""))
    for way in ways:
        if _name_kind(way.address) in refused:
            raise VerificationRequired(to=way.address)
    raise TooManyBookings(wait_seconds=LONGEST_WAIT.total_seconds())


class Sending:
    """A form that is sent, over all tries to book what it asks for."""

    def __init__(self) -> None:
        """Nothing was tried yet."""
        self._is_again: bool | None = None
        self._had_twin = False

    def is_again(self, details: VisitDetails, *, service_id: int, starts_at: datetime, has_twin: bool) -> bool:
        """Tell whether the same form was sent before, or made its booking while this one was being tried."""
        if self._is_again is None:
            self._is_again = _is_asked_again(details, service_id, starts_at, has_twin=has_twin)
            self._had_twin = has_twin
        return self._is_again or (has_twin and not self._had_twin)


def _is_asked_again(details: VisitDetails, service_id: int, starts_at: datetime, *, has_twin: bool) -> bool:
    """Tell whether the same was asked for from the same place a few minutes ago, and remember that it is asked for now.

    It counts whatever became of it: of two at the same time, one finds the other. While nothing can be remembered,
    what is booked already is taken for the same form: rather a code too many than a booking.
    """
    customer = details.customer
    told = (customer.name, customer.email, customer.phone, service_id, starts_at.isoformat(), details.origin)
    name = f"booking-asked:{hash_token(json.dumps([current_tenant().schema_name, *told]))}"
    is_new = cache.add(name, 1, int(SENT_AGAIN.total_seconds()))
    return not is_new or (has_twin and cache.get(name) is None)


def check_sole(details: VisitDetails, coinciding: Collection[Coinciding], *, is_again: bool) -> bool:
    """Ask whoever has another booking at the time of this one whether they mean both; tell whether it is the only one.

    ``coinciding`` are those of the same customer. Only who has shown that they get the messages of one is told of it.
    Whoever only typed a contact books, and reads of the other one in the message to that contact: a stranger who types
    somebody's name and number learns nothing. What is sent twice from one place (``is_again``; `Sending`) makes
    no second booking of the same service at the same time: there a code is asked for first.
    An example sends no codes, so nobody is asked there.

    Raises:
        AlreadyBooked: It is told to the customer.
        VerificationRequired: A code has to be typed first.
    """
    has_twin = any(each.is_twin for each in coinciding)
    standing = [each for each in coinciding if each.is_standing]
    if not details.is_sole or not standing or current_tenant().is_example:
        return details.is_sole and not has_twin
    customer = details.customer
    typed = {ContactKind.EMAIL: customer.email or "", ContactKind.PHONE: customer.phone or ""}
    proven = typed[ContactKind(details.proven_contact)] if details.proven_contact else ""
    theirs = [each for each in standing if proven and proven in each.readers]
    if theirs:
        raise AlreadyBooked(booked=tuple((each.service_name, each.starts_at, each.timezone) for each in theirs))
    readers = {reader for each in standing if is_again and each.is_twin for reader in each.readers}
    for way in list_ways(Recipient(email=customer.email or "", phone=customer.phone or "")):
        if way.address in readers:
            raise VerificationRequired(to=way.address)
    return not has_twin


def send_code(guard: Guard, required: VerificationRequired, *, is_new_wanted: bool) -> VerificationRequired:
    """Send the code that `admit` asked for, unless one that works is there; return what to tell.

    With ``is_new_wanted`` another one is sent when the last one was not sent just now.

    Raises:
        TooManyCodes: The contact got as many as it may today.
    """
    to = next(way for way in guard.ways if way.address == required.to)
    sent = ask_code(to=to, locale=guard.locale, is_new_wanted=is_new_wanted, now=guard.now)
    return VerificationRequired(
        to=to.address,
        channel=sent.channel,
        expires_at=sent.expires_at,
        again_at=sent.again_at,
        is_wrong=required.is_wrong,
        is_new=sent.is_new,
    )


def _require_code(guard: Guard, refused: Mapping[Ask, timedelta], used: Proof | None) -> None:
    """Refuse unless the code that was typed proves what the limits ask for."""
    by_address = [wait for ask, wait in refused.items() if ask.limit in BY_ADDRESS]
    if not guard.ways:
        # Nobody is written to: contacts guard no mailbox then, and only the places of the block count.
        if by_address:
            raise TooManyBookings(wait_seconds=max(by_address).total_seconds())
        return
    asks = guard.asks
    full = {asks[ask] for ask in refused}
    first = guard.ways[0].address
    if used is not None and (used.address == first or first not in full):
        return
    to = next((way.address for way in guard.ways if way.address in full), first)
    raise VerificationRequired(to=to, is_wrong=guard.has_code)


def _spares(guard: Guard, used: Proof, contact: str) -> bool:
    """Tell whether a code spares this count: always, but for another contact that gets the messages."""
    return used.address == guard.ways[0].address or contact != guard.ways[0].address


def _name_kind(address: str) -> str:
    return ContactKind.EMAIL if "@" in address else ContactKind.PHONE
