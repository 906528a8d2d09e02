"""Random walks through the payment machine, and what must hold when each has come to rest.

A walk is a business with one person, some customers who want to pay a deposit, and everything that happens in an order
that nobody chose: pages that are opened and left, cards that pass, are declined or take their time, events that come
late, twice, in another order or never, forgeries, workers who die between a charge and its answer, a provider that
falls silent, staff who approve, decline, waive, take money at the counter and give some back, customers who want
credit instead, pay with it and have the rest as money, banks that take money back and decide, staff who answer them or
give in. Some businesses want a card instead of a deposit: customers leave one and do not come, staff have the fee
charged, waive it or take the step back, and the card passes, is declined or wants its owner, who pays by the link.
In some, visits become other ones: customers and staff add services, leave some out, come with somebody; the provider
is silent for long, and there the business may rather have the visit than its deposit. In some, staff move visits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from unittest.mock import patch

from billing.engine import Ending
from billing.gateway.errors import EventRefused
from billing.policies import split_payment
from billing.selectors.disputes import list_open_disputes
from billing.services.cards import answering, comparing, looking, opening, refunding
from billing.services.cards.answering import accept_dispute, answer_dispute, stamp_case
from billing.services.cards.looking import look_at_deposit
from billing.services.credits.offering import cancel_for_credit, switch_credit
from billing.services.credits.spending import apply_credit
from billing.services.fees import charge_fee, waive_fee
from billing.services.payments import receive_deposit, waive_deposit
from billing.services.refunds import mark_refund_sent, pay_out_credit, refund_payment
from billing.types import CaseFile
from devtools.drill.payments.checks import list_findings
from devtools.drill.payments.rows import end_leases, list_credits, list_payments, list_refunds
from devtools.drill.payments.shops import DEPOSIT, VISITS, book_one
from devtools.drill.payments.till import OWNER, Till
from devtools.stripe_server import money
from devtools.stripe_server.server import Fault
from devtools.stripe_server.world import Thing
from kernel.errors import DomainError
from scheduling.enums import BookingStatus
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.contents.changes import change_visit
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import approve, decline, mark_no_show
from scheduling.services.bookings.undoing import undo_step
from scheduling.types import ASK_DEPOSIT, CUSTOMER, BookingView, DepositChoice, VisitChange

CARDS = ("visa", "visa", "mastercard", "chargeDeclined", "slow")
LEFT = ("visa", "mastercard", "chargeDeclined", "chargeCustomerFail", "authenticationRequired")
"""Cards that are left: some pass, some are declined at once or when they are charged, some want their owner."""
WAITS = (1, 7, 16, 40, 90)
"""Minutes."""
FAULTS = (Fault.BREAK_BEFORE, Fault.BREAK_AFTER, Fault.ERROR)
DEATHS = (
    (opening, "_note_open"), (looking, "settle_payment"), (refunding, "_settle"), (answering, "_note_file"),
    (answering, "_settle"),
)  # fmt: skip
"""Where a process may die: the provider has done its part, and nothing is written here yet."""
CASE = CaseFile(paper=b"%PDF-1.7 walk", pages=1, customer_name="Ana", served_on="January 5")
UNDECIDED = ("needs_response", "under_review")
RESTS, REST = 16, timedelta(hours=15)
"""At the end workers go on for ten days: some wait a day, a closed account eight."""
LATE, LONG_REST = timedelta(minutes=20), timedelta(hours=60)
"""So long after it begins a visit is missed; and so long are the rests where cards are left, which stay two weeks."""


class Died(BaseException):
    """A process ended here."""


@dataclass
class Walk:
    """One walk.

    Attributes:
        done: How often what happened, refusals included.
        gives_credit: The business gives credit, and the first customer has some.
        leaves_card: A card is left instead of a deposit.
        changes: Visits become other ones, and the provider falls silent for long.
        moves: Staff give visits other times.
        stays: By booking, how much the terms may keep of what was paid since its customers made the visit smaller.
    """

    random: Random
    till: Till
    service_ids: tuple[int, ...]
    account_id: str
    bookings: list[int] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    late: list[Thing] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    is_dying: bool = False
    gives_credit: bool = False
    leaves_card: bool = False
    changes: bool = False
    moves: bool = False
    stays: Counter[int] = field(default_factory=Counter)

    def run(self, steps: int) -> list[str]:
        """Walk, come to rest, and return what is wrong then."""
        _book(self)
        if self.gives_credit:
            switch_credit(is_on=True, by=OWNER, now=self.till.moment)
            _take_cash(self)
            _cancel_for_credit(self)
            self._work()
        with self._mortal():
            while sum(self.done.values()) < steps:
                self._step()
        self.till.stand_in.faults.clear()
        for _ in range(RESTS):
            self.post(lost=0.3)
            self._work()
            self.till.pass_by(LONG_REST if self.leaves_card else REST)
        comparing.compare_ledger(self.account_id, self.till.moment)  # as every night: some events were lost for good
        self._work()
        return list_findings(self.till.stand_in, stays=self.stays)

    def _step(self) -> None:
        acts = CREDIT_ACTS if self.gives_credit else CARD_ACTS if self.leaves_card else ACTS
        if self.changes:
            acts = {**acts, **CHANGE_ACTS}
        if self.moves:
            acts = {**acts, _move: 12}
        (act,) = self.random.choices(list(acts), weights=list(acts.values()))
        outcome = "done"
        try:
            act(self)
        except _NothingThere:
            return
        except DomainError:
            outcome = "refused"
        except Died:
            outcome = "died"
        self.done[f"{act.__name__.removeprefix('_')} {outcome}"] += 1
        if self.random.random() < 0.7:  # noqa: PLR2004 - mostly somebody is at work
            with suppress(Died):
                self._work()

    @contextmanager
    def _mortal(self) -> Iterator[None]:
        def make(work: Callable[..., Any]) -> Callable[..., Any]:
            def die_or_work(*arguments: Any, **named: Any) -> Any:
                if self.is_dying:
                    self.is_dying = False
                    raise Died
                return work(*arguments, **named)

            return die_or_work

        with ExitStack() as stack:
            for module, name in DEATHS:
                stack.enter_context(patch.object(module, name, make(getattr(module, name))))
            yield

    def _work(self) -> None:
        end_leases()
        self.till.work()

    def post(self, *, lost: float) -> None:
        """Let some of what happened arrive, some of it twice, in any order; some waits, some never comes."""
        self.late += self.till.stand_in.postman.take_all()
        self.random.shuffle(self.late)
        count = self.random.randint(0, len(self.late))
        arriving, self.late = self.late[:count], self.late[count:]
        for event in arriving:
            if self.random.random() < lost:
                continue
            for _ in range(self.random.choice((1, 1, 2))):
                self.till.post(event)

    def choose(self) -> int:
        """Choose a booking."""
        if not self.bookings:
            raise _NothingThere
        if self.changes and self.random.random() < 0.7:  # noqa: PLR2004 - mostly of those that live
            return _choose_in(self, *LIVING).id
        return self.random.choice(self.bookings)


class _NothingThere(DomainError):
    """It takes something that was not made yet."""


def _book(walk: Walk) -> None:
    """Somebody wants one of two times: who comes second may get it when the first did not pay."""
    starts_at = VISITS + timedelta(hours=walk.random.randrange(2))
    number = len(walk.bookings) % 2 if walk.gives_credit else len(walk.bookings)  # who has credit comes again
    walk.bookings.append(book_one(walk.service_ids[0], number, walk.till.moment, starts_at=starts_at))


def _open(walk: Walk) -> None:
    session = walk.till.start(walk.choose())
    if session not in walk.sessions:
        walk.sessions.append(session)


def _pay(walk: Walk) -> None:
    if not walk.sessions:
        raise _NothingThere
    cards = LEFT if walk.leaves_card else CARDS
    walk.till.stand_in.pay(walk.random.choice(walk.sessions), walk.random.choice(cards))


def _settle(walk: Walk) -> None:
    """Slow money comes, or does not."""
    world = walk.till.stand_in.world
    slow = [
        each
        for each in walk.sessions
        if (intent := world.things[each]["payment_intent"]) and world.things[intent]["status"] == "processing"
    ]
    if not slow:
        raise _NothingThere
    walk.till.stand_in.settle(walk.random.choice(slow), succeeds=walk.random.random() < 0.7)  # noqa: PLR2004


def _arrive(walk: Walk) -> None:
    walk.post(lost=0.15)


def _forge(walk: Walk) -> None:
    """Somebody sends what never happened, or sends it again much later."""
    waiting = walk.till.stand_in.postman.waiting
    if not waiting:
        raise _NothingThere
    how: dict[str, Any] = walk.random.choice(
        ({"secret": "whsec_of_somebody_else"}, {"at": walk.till.now() - 3600}, {"at": walk.till.now() + 3600})
    )
    try:
        walk.till.post(walk.random.choice(waiting), **how)
    except EventRefused:
        return
    message = f"a forged event was taken: {how}"
    raise AssertionError(message)


def _come_back(walk: Walk) -> None:
    look_at_deposit(booking_id=walk.choose(), now=walk.till.moment)


def _wait(walk: Walk) -> None:
    walk.till.pass_by(timedelta(minutes=walk.random.choice(WAITS)))


def _cancel(walk: Walk) -> None:
    cancel_booking(booking_id=walk.choose(), now=walk.till.moment, by=CUSTOMER)


def _cancel_for_credit(walk: Walk) -> None:
    cancel_for_credit(booking_id=walk.choose(), now=walk.till.moment, by=CUSTOMER)


def _spend_credit(walk: Walk) -> None:
    """Credit pays for a visit that is booked for it, or any: wholly, in part, or with more than there is."""
    if not any(left for _, left in list_credits()):
        raise _NothingThere
    if walk.random.random() < 0.7:  # noqa: PLR2004 - mostly somebody wants another visit
        _book(walk)
        booking_id = walk.bookings[-1]
    else:
        booking_id = walk.choose()
    amount = walk.random.choice((None, None, 10_000, DEPOSIT, DEPOSIT + 1))
    apply_credit(booking_id=booking_id, now=walk.till.moment, by=OWNER, amount_minor=amount)


def _pay_out(walk: Walk) -> None:
    owned = [(credit_id, left) for credit_id, left in list_credits() if left]
    if not owned:
        raise _NothingThere
    pay_out_credit(credit_id=walk.random.choice(owned)[0], reason="moves away", now=walk.till.moment, by=OWNER)


def _call_off(walk: Walk) -> None:
    cancel_booking(booking_id=walk.choose(), now=walk.till.moment, by=OWNER, reason="ill")


def _move(walk: Walk) -> None:
    """Staff give a visit another time, mostly one whose deposit is waited for."""
    starts_at = VISITS + timedelta(hours=walk.random.randrange(4))
    is_waiting = walk.random.random() < 0.7  # noqa: PLR2004
    number = _choose_in(walk, BookingStatus.PENDING_PAYMENT).id if is_waiting else walk.choose()
    move_booking(booking_id=number, starts_at=starts_at, now=walk.till.moment, by=OWNER)


def _approve(walk: Walk) -> None:
    approve(booking_id=walk.choose(), now=walk.till.moment, by=OWNER)


def _decline(walk: Walk) -> None:
    decline(booking_id=walk.choose(), now=walk.till.moment, by=OWNER, reason="full")


def _take_cash(walk: Walk) -> None:
    receive_deposit(booking_id=walk.choose(), now=walk.till.moment, by=OWNER)


def _waive(walk: Walk) -> None:
    waive_deposit(booking_id=walk.choose(), now=walk.till.moment, by=OWNER, reason="a friend")


def _be_kind(walk: Walk) -> None:
    """Staff give more back than they must, or try to give back more than there is."""
    booking_id = walk.choose()
    payments = [each.id for each in list_payments() if each.booking_id == booking_id]
    if not payments:
        raise _NothingThere
    amount = walk.random.choice((1, 5_000, DEPOSIT, DEPOSIT + 1))
    chosen = walk.random.choice(payments)
    refund_payment(payment_id=chosen, amount_minor=amount, reason="kind", now=walk.till.moment, by=OWNER)


def _hand_back(walk: Walk) -> None:
    """Staff send back by hand what no provider sends."""
    booking_id = walk.choose()
    payments = {each.id for each in list_payments() if each.booking_id == booking_id}
    for refund in list_refunds():
        if refund.payment_id in payments:
            mark_refund_sent(booking_id=booking_id, refund_id=refund.id, now=walk.till.moment, by=OWNER)


def _dispute(walk: Walk) -> None:
    """A bank takes back what a customer paid, or decides about what it took."""
    world = walk.till.stand_in.world
    things = list(world.things.values())
    taken = [each for each in things if each["object"] == "dispute" and each["status"] in UNDECIDED]
    charges = [
        each
        for each in things
        if each["object"] == "charge" and each["captured"] and not each["disputed"] and not each["refunded"]
    ]
    if taken:
        money.close_dispute(world, walk.random.choice(taken), is_won=walk.random.random() < 0.5)  # noqa: PLR2004
    elif charges:
        money.open_dispute(world, walk.random.choice(charges))
    else:
        raise _NothingThere


def _answer(walk: Walk) -> None:
    """Staff send evidence to a bank, or give in."""
    found = list_open_disputes()
    if not found:
        raise _NothingThere
    chosen = walk.random.choice(found)
    about: dict[str, Any] = {
        "payment_id": chosen.payment_id,
        "dispute_id": chosen.id,
        "now": walk.till.moment,
        "by": OWNER,
    }
    if walk.random.random() < 0.2:  # noqa: PLR2004 - mostly they fight
        accept_dispute(**about)
    else:
        answer_dispute(case=CASE, text="She came.", seen=stamp_case(CASE), **about)


def _choose_in(walk: Walk, *statuses: BookingStatus) -> BookingView:
    bookings = [get_booking(booking_id=each) for each in walk.bookings]
    found = [each for each in bookings if each.status in statuses]
    if not found:
        raise _NothingThere
    return walk.random.choice(found)


def _miss(walk: Walk) -> None:
    """Nobody comes to a visit, and staff say so."""
    booking = _choose_in(walk, BookingStatus.CONFIRMED)
    walk.till.moment = max(walk.till.moment, booking.starts_at + LATE)
    mark_no_show(booking_id=booking.id, now=walk.till.moment, by=OWNER)


def _charge_fee(walk: Walk) -> None:
    booking = _choose_in(walk, BookingStatus.NO_SHOW, BookingStatus.CANCELLED)
    charge_fee(booking_id=booking.id, now=walk.till.moment, by=OWNER)


def _waive_fee(walk: Walk) -> None:
    booking = _choose_in(walk, BookingStatus.NO_SHOW, BookingStatus.CANCELLED)
    waive_fee(booking_id=booking.id, reason="was ill", now=walk.till.moment, by=OWNER)


def _come_after_all(walk: Walk) -> None:
    """It was a mistake: the customer is there."""
    booking = _choose_in(walk, BookingStatus.NO_SHOW)
    undo_step(booking_id=booking.id, status=BookingStatus.NO_SHOW, now=walk.till.moment, by=OWNER)


def _break(walk: Walk) -> None:
    walk.till.stand_in.faults.append(walk.random.choice(FAULTS))


def _doom(walk: Walk) -> None:
    walk.is_dying = True


def _change(walk: Walk) -> None:
    """Somebody comes for something else, or in company; customers and staff say so, paid or not."""
    booking = _choose_in(walk, *LIVING)
    services = tuple(walk.random.sample(walk.service_ids, walk.random.choice((1, 1, 2, 2, 3))))
    by = walk.random.choice((CUSTOMER, OWNER))
    deposit = WITHOUT if by == OWNER and walk.random.random() < 0.1 else ASK_DEPOSIT  # noqa: PLR2004 - few are kind
    wanted = VisitChange(service_ids=services, party_size=walk.random.choice((None, None, 1, 2)))
    change_visit(booking_id=booking.id, change=wanted, by=by, now=walk.till.moment, deposit=deposit)
    less = booking.deposit_minor - get_booking(booking_id=booking.id).deposit_minor
    if by == CUSTOMER and less > 0:
        walk.stays[booking.id] += split_payment(less, booking, ending=Ending.CUSTOMER, at=walk.till.moment).kept_minor


def _pay_now(walk: Walk) -> None:
    """Somebody opens the page and pays on it, without a step in between."""
    session = walk.till.start(_choose_in(walk, BookingStatus.PENDING_PAYMENT).id)
    walk.till.stand_in.pay(session, "visa")


def _fall_silent(walk: Walk) -> None:
    walk.till.stand_in.faults[:] = [Fault.ERROR] * 500


def _speak_again(walk: Walk) -> None:
    walk.till.stand_in.faults.clear()


ACTS: Mapping[Callable[[Walk], None], int] = {
    _book: 4, _open: 10, _pay: 14, _settle: 8, _arrive: 9, _forge: 2, _come_back: 5, _wait: 8, _cancel: 2, _call_off: 2,
    _approve: 5, _decline: 1, _take_cash: 2, _waive: 1, _be_kind: 3, _hand_back: 2, _dispute: 7, _answer: 5,
    _break: 4, _doom: 5,
}  # fmt: skip
"""What may happen, and how often."""
CREDIT_ACTS = {**ACTS, _cancel_for_credit: 6, _spend_credit: 16, _pay_out: 4}
"""The same, where the business gives credit."""
CARD_ACTS = {
    **ACTS, _book: 6, _open: 16, _pay: 22, _approve: 8, _be_kind: 1, _hand_back: 1, _settle: 0, _take_cash: 1,
    _miss: 6, _charge_fee: 14, _waive_fee: 2, _come_after_all: 2,
}  # fmt: skip
"""The same, where a card is left instead of a deposit."""
CHANGE_ACTS = {_change: 26, _pay_now: 22, _fall_silent: 1, _speak_again: 5, _approve: 8, _come_back: 1, _forge: 0}
"""What happens besides where visits change."""
LIVING = (BookingStatus.CONFIRMED, BookingStatus.PENDING_PAYMENT, BookingStatus.PENDING_APPROVAL)
WITHOUT = DepositChoice(is_asked=False, reason="a friend")
