"""Where rooms above plug in: what is asked in advance, how long a place waits for it, and what was paid."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from scheduling.types import BookingView, ServiceTerms
from scheduling.types.aftercare.views import OwnData


@dataclass(frozen=True, slots=True)
class DepositTerms:
    """What a service asks in advance, of which visit, and the price it is asked of.

    Attributes:
        service: Its terms: kind and size of the deposit, and when it is asked.
        price_minor: None while the price is open.
        is_outside_hours: The visit lies outside the usual hours.
        lead_minutes: From booking to its begin.
        is_first_visit: The customer never was here.
        must_prepay: The business wants money from this customer first.
    """

    service: ServiceTerms
    price_minor: int | None
    currency: str
    is_outside_hours: bool = False
    lead_minutes: int = 0
    is_first_visit: bool = False
    must_prepay: bool = False


DepositCalculator = Callable[[DepositTerms], int]

_calculators: list[DepositCalculator] = []


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """How the business takes money in advance.

    Attributes:
        opening_minutes: A place waits for its deposit while the business is open for so long; None: no such time.
        minutes: It waits so long in any case, open or not.
        takes_card: A card can be paid with, or left.
        least_minor: Less cannot be paid from afar: it is paid at the business.
        most_minor: Nor can more; None: any amount can.
        is_paused: For a while it has no way to take any, through no doing of its own.
    """

    opening_minutes: int | None = None
    minutes: int = 0
    takes_card: bool = False
    least_minor: int = 0
    most_minor: int | None = None
    is_paused: bool = False


PaymentTermsFinder = Callable[[], PaymentTerms | None]

_finders: list[PaymentTermsFinder] = []
_reservations: list[Callable[[int], bool]] = []
_return_listeners: list[Callable[[int], None]] = []


@dataclass(frozen=True, slots=True)
class TransferAccount:
    """Where a deposit is transferred to, as the business typed it; what is empty is not said."""

    holder: str
    number: str
    bank: str = ""
    tax_id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """What messages say of the money of a booking.

    Attributes:
        paid_minor: What the business has of its customer, in the smallest coin of the booking's currency.
        account: Where the deposit that is waited for goes; None: none is, or it is not transferred.
        has_receipt: The customer says that it is on its way, and nobody has looked yet.
        takes_card: The deposit that is waited for can be paid by card, by the link of the message.
    """

    paid_minor: int = 0
    account: TransferAccount | None = None
    has_receipt: bool = False
    takes_card: bool = False


MoneyTeller = Callable[[BookingView], MoneyFacts]

_tellers: list[MoneyTeller] = []


OwnDataFinder = Callable[[Collection[int]], Mapping[int, Sequence[OwnData]]]

_own_data: dict[str, OwnDataFinder] = {}


MovedRows = Mapping[str, Sequence[int]]
"""Ids of rows, by what they are."""
CustomerMover = Callable[[int, int, MovedRows | None], MovedRows]

_movers: dict[str, CustomerMover] = {}
_holders: dict[str, Callable[[Collection[int]], Collection[int]]] = {}


def register_deposit_calculator(calculator: DepositCalculator) -> None:
    """Let ``calculator`` say what is due in advance, in minor units; the last one registered counts."""
    _calculators[:] = [calculator]


def compute_deposit(terms: DepositTerms) -> int:
    """Return what is due in advance, in minor units; nothing while nobody takes payments."""
    return _calculators[0](terms) if _calculators else 0


def register_payment_terms(finder: PaymentTermsFinder) -> None:
    """Let ``finder`` say how the current business takes money in advance; the last one registered counts."""
    _finders[:] = [finder]


def find_payment_terms() -> PaymentTerms | None:
    """Return how the business takes money in advance; None: it has no way to."""
    return _finders[0]() if _finders else None


def takes_deposits() -> bool:
    """Tell whether the business has a way to take money in advance that is open now."""
    terms = find_payment_terms()
    return terms is not None and not terms.is_paused


def can_be_asked(amount_minor: int) -> bool:
    """Tell whether customers can pay so much from afar, or nothing can be paid so, and it is asked by word of mouth."""
    terms = find_payment_terms()
    if terms is None:
        return True
    return terms.least_minor <= amount_minor and (terms.most_minor is None or amount_minor <= terms.most_minor)


def register_reservation_finder(finder: Callable[[int], bool]) -> None:
    """Let ``finder`` say of bookings whether their deposit is reserved and not taken yet; the last one counts."""
    _reservations[:] = [finder]


def is_deposit_reserved(booking_id: int) -> bool:
    """Tell whether the deposit of a booking is only reserved: nobody has it yet, and nothing of it can go back."""
    return bool(_reservations) and _reservations[0](booking_id)


def register_return_listener(listener: Callable[[int], None]) -> None:
    """Let ``listener`` know, in the same transaction, which booking is as before it ended; the last one counts."""
    _return_listeners[:] = [listener]


def tell_return(booking_id: int) -> None:
    """Tell that a booking, which is locked, is as it was before it ended: what was wished of that end holds no more."""
    for listener in _return_listeners:
        listener(booking_id)


def register_money_teller(teller: MoneyTeller) -> None:
    """Let ``teller`` say where the money of a booking stands; the last one registered counts."""
    _tellers[:] = [teller]


def find_money(booking: BookingView) -> MoneyFacts:
    """Return what messages say of the money of a booking; one without a deposit asks nobody."""
    return _tellers[0](booking) if _tellers and booking.deposit_minor else MoneyFacts()


def register_own_data(name: str, finder: OwnDataFinder) -> None:
    """Let ``finder`` say what a room above keeps about visits, by booking: it is ``name`` in files of own data.

    Values are what JSON can hold; what is kept as a code has its words beside it, in the active language.
    """
    _own_data[name] = finder


def find_own_data(booking_ids: Collection[int]) -> Mapping[str, Mapping[int, Sequence[OwnData]]]:
    """Return what rooms above keep about visits, by name and booking."""
    return {name: finder(booking_ids) for name, finder in _own_data.items()}


def register_customer_holder(name: str, finder: Callable[[Collection[int]], Collection[int]]) -> None:
    """Let a room above say which of these customers it has something of, so that their record stays.

    It is called by whoever takes back that a record was made, after customers are locked.
    """
    _holders[name] = finder


def find_held_customers(customer_ids: Collection[int]) -> frozenset[int]:
    """Return those of these customers of whom rooms above have something; a query per room."""
    return frozenset(each for finder in _holders.values() for each in finder(customer_ids))


def register_customer_mover(name: str, mover: CustomerMover) -> None:
    """Let ``mover`` give what a room above keeps of one customer to another one, when two records become one.

    It gets the customer who had it, the one who gets it, and which rows (None: all), and returns which it were. It runs
    in the transaction that moves what is kept here, after bookings and customers are locked.
    """
    _movers[name] = mover


def move_customer(from_id: int, to_id: int, rows: Mapping[str, MovedRows] | None = None) -> dict[str, MovedRows]:
    """Give what rooms above keep of a customer to another one; return which rows, by room and by what they are."""
    return {
        name: mover(from_id, to_id, None if rows is None else rows.get(name, {})) for name, mover in _movers.items()
    }
