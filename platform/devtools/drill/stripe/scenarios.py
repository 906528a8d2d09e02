"""What happens between us and Stripe, as it must end at the stand-in and at Stripe alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from billing.gateway.enums import AccountState, DeclineReason, DisputeState, PaymentState, RefundState
from billing.gateway.errors import (
    AccountUnusable,
    AmountRefused,
    AnswerRefused,
    CurrencyRefused,
    KeyReused,
    OutcomeUnknown,
    PaymentDeclined,
    PaymentUnknown,
    RefundRefused,
    StateRefused,
)
from billing.gateway.types import DisputeAnswer, ProviderIds, RefundOrder, SavedCharge, SavedMethod, SavingOrder
from devtools.drill.stripe.site import Site
from devtools.errors import DevtoolsError
from devtools.stripe_server.server import Fault
from devtools.terminal import complain, say
from kernel.clock import utc_now
from kernel.errors import DomainError
from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something that happens, told by the docstring of its function."""

    play: Callable[[Site], None]
    needs_stand_in: bool = False

    @property
    def name(self) -> str:
        """What happens, in words."""
        return (self.play.__doc__ or "").strip(".")


class Differs(Exception):
    """It ended otherwise."""


def play(scenario: Scenario, site: Site) -> bool:
    """Play a scenario, print how it ended and tell whether it did as it should."""
    try:
        scenario.play(site)
    except (Differs, DomainError, DevtoolsError) as error:
        complain(f"FAIL  {scenario.name}: {type(error).__name__} {error}")
        return False
    say(f"ok    {scenario.name}")
    return True


def expect(found: object, wanted: object) -> None:
    """Go on only when two values are equal.

    Raises:
        Differs: They are not.
    """
    if found != wanted:
        message = f"found {found!r}, not {wanted!r}"
        raise Differs(message)


@contextmanager
def expecting(kind: type[DomainError]) -> Iterator[None]:
    """Go on only when what is done is refused so.

    Raises:
        Differs: It was not.
    """
    try:
        yield
    except kind:
        return
    message = f"{kind.__name__} was not raised"
    raise Differs(message)


def page_opens_and_waits(site: Site) -> None:
    """Page opens and waits."""
    order = site.make_order()
    started = site.door.start(order)
    facts = site.door.fetch(site.account, started.ids)
    expect((facts.state, facts.amount, facts.key), (PaymentState.OPEN, order.amount, str(order.key)))
    expect(facts.expires_at, order.pay_until)


def same_key_opens_one_page_and_other_content_none(site: Site) -> None:
    """Same key opens one page and other content none."""
    order = site.make_order()
    expect(site.door.start(order).ids.started, site.door.start(order).ids.started)
    with expecting(KeyReused):
        site.door.start(replace(order, amount=Money(60_000, "MXN")))


def closed_page_stays_closed(site: Site) -> None:
    """Closed page stays closed."""
    started = site.door.start(site.make_order())
    for _ in range(2):
        facts = site.door.close(site.account, started.ids, key=site.make_key("close"))
        expect((facts.state, facts.received_minor), (PaymentState.CLOSED, 0))


def amounts_and_currencies_have_limits(site: Site) -> None:
    """Amounts and currencies have limits."""
    with expecting(AmountRefused):
        site.door.start(site.make_order(minor=1))
    with expecting(CurrencyRefused):
        site.door.start(site.make_order(currency="XTS"))


def page_for_a_card_opens_and_closes(site: Site) -> None:
    """Page for a card opens and closes."""
    order = SavingOrder(
        key=site.make_key("keep"),
        account=site.account,
        currency="MXN",
        reference="XH5-29K",
        description="Drill",
        language="en",
        return_url="https://turnero.example/back",
        cancel_url="https://turnero.example/cancelled",
        pay_until=utc_now() + timedelta(minutes=40),
    )
    started = site.door.start_saving(order)
    expect(site.door.fetch(site.account, started.ids).state, PaymentState.OPEN)
    expect(site.door.close(site.account, started.ids, key=site.make_key("close")).state, PaymentState.CLOSED)


def _charge(site: Site, saved: SavedMethod, minor: int = 30_000) -> SavedCharge:
    return SavedCharge(
        key=site.make_key("no_show"),
        account=site.account,
        saved=saved,
        amount=Money(minor, "MXN"),
        reference="XH5-29K",
        description="Drill",
    )


def kept_card_is_charged_once(site: Site) -> None:
    """Kept card is charged once."""
    charge = _charge(site, site.keep_card("visa"))
    first, again = site.door.charge_saved(charge), site.door.charge_saved(charge)
    expect((first.state, first.received_minor), (PaymentState.PAID, 30_000))
    expect(again.ids, first.ids)
    expect(site.door.fetch(site.account, first.ids), first)


def kept_card_is_declined(site: Site) -> None:
    """Kept card is declined."""
    _expect_decline(site, "chargeCustomerFail", DeclineReason.REFUSED)


def bank_wants_to_ask_the_owner_of_a_kept_card(site: Site) -> None:
    """Bank wants to ask the owner of a kept card."""
    _expect_decline(site, "authenticationRequired", DeclineReason.NEEDS_CUSTOMER)


def _expect_decline(site: Site, card: str, reason: DeclineReason) -> None:
    saved = site.keep_card(card)
    try:
        site.door.charge_saved(_charge(site, saved))
    except PaymentDeclined as error:
        expect(error.reason, reason)
    else:
        raise Differs("it paid")


def forgotten_card_is_forgotten_twice(site: Site) -> None:
    """Forgotten card is forgotten twice."""
    saved = site.keep_card("visa")
    for _ in range(2):
        site.door.forget_saved(site.account, saved.method_id, key=site.make_key("forget"))


def refunds_add_up_and_go_no_further(site: Site) -> None:
    """Refunds add up and go no further."""
    ids = site.door.charge_saved(_charge(site, site.keep_card("visa"))).ids
    order = RefundOrder(key=site.make_key("refund"), account=site.account, ids=ids, amount=Money(10_000, "MXN"))
    first = site.door.refund(order)
    expect((first.state, first.amount, first.key), (RefundState.DONE, order.amount, str(order.key)))
    expect(site.door.refund(order).refund_id, first.refund_id)
    with expecting(RefundRefused):
        site.door.refund(replace(order, key=site.make_key("refund"), amount=Money(20_001, "MXN")))
    site.door.refund(replace(order, key=site.make_key("refund"), amount=Money(20_000, "MXN")))
    with expecting(RefundRefused):
        site.door.refund(replace(order, key=site.make_key("refund"), amount=Money(1, "MXN")))
    expect(site.door.fetch(site.account, ids).refunded_minor, 30_000)
    expect(len(site.door.list_refunds(site.account, ids)), 2)


def part_of_what_was_reserved_is_taken_and_refunded(site: Site) -> None:
    """Part of what was reserved is taken and refunded."""
    ids = site.reserve(50_000)
    expect(site.door.fetch(site.account, ids).state, PaymentState.AUTHORIZED)
    with expecting(RefundRefused):
        site.door.refund(
            RefundOrder(key=site.make_key("refund"), account=site.account, ids=ids, amount=Money(100, "MXN"))
        )
    taken = site.door.capture(site.account, ids, key=site.make_key("capture"), amount=Money(30_000, "MXN"))
    expect((taken.state, taken.received_minor, taken.refunded_minor), (PaymentState.PAID, 30_000, 0))
    order = RefundOrder(key=site.make_key("refund"), account=site.account, ids=ids, amount=Money(30_000, "MXN"))
    site.door.refund(order)
    facts = site.door.fetch(site.account, ids)
    expect((facts.received_minor, facts.refunded_minor), (30_000, 30_000))


def what_was_reserved_is_let_go_twice_and_never_taken(site: Site) -> None:
    """What was reserved is let go twice and never taken."""
    ids = site.reserve(50_000)
    for _ in range(2):
        facts = site.door.release(site.account, ids, key=site.make_key("release"))
        expect((facts.state, facts.received_minor, facts.refunded_minor), (PaymentState.CLOSED, 0, 0))
    with expecting(StateRefused):
        site.door.capture(site.account, ids, key=site.make_key("capture"))


def what_was_taken_is_not_let_go(site: Site) -> None:
    """What was taken is not let go."""
    ids = site.door.charge_saved(_charge(site, site.keep_card("visa"))).ids
    with expecting(StateRefused):
        site.door.release(site.account, ids, key=site.make_key("release"))


def unknown_payments_and_accounts_are_unknown(site: Site) -> None:
    """Unknown payments and accounts are unknown."""
    with expecting(PaymentUnknown):
        site.door.fetch(site.account, ProviderIds(payment="pi_3NobodysPayment000000000"))
    with expecting(AccountUnusable):
        site.door.fetch(site.elsewhere(), ProviderIds(payment="pi_3NobodysPayment000000000"))
    expect(site.door.fetch_account(site.elsewhere()).state, AccountState.GONE)


def balance_tells_what_was_charged(site: Site) -> None:
    """Balance tells what was charged."""
    since = utc_now() - timedelta(minutes=5)
    minor = 43_210
    site.door.charge_saved(_charge(site, site.keep_card("visa"), minor))
    found = site.door.list_movements(site.account, since=since, until=utc_now() + timedelta(minutes=5))
    expect(minor in [row.gross.amount_minor for row in found], True)


def new_business_is_asked_who_it_is(site: Site) -> None:
    """New business is asked who it is."""
    account = site.door.open_account(
        key=site.make_key("account"), country="MX", email="drill@turnero.example", name="Drill"
    )
    expect((account.state, account.country), (AccountState.INCOMPLETE, "MX"))
    there = replace(site.account, provider_id=account.provider_id)
    url = site.door.start_account_setup(
        there,
        key=site.make_key("setup"),
        return_url="https://turnero.example/back",
        again_url="https://turnero.example/again",
    )
    expect(url.startswith("http"), True)
    with expecting(AccountUnusable):
        site.door.start(replace(site.make_order(), account=there))


def person_pays_after_a_declined_card(site: Site) -> None:
    """Person pays after a declined card."""
    started = site.door.start(site.make_order())
    site.get_stand_in().pay(started.ids.started, "chargeDeclinedInsufficientFunds")
    facts = site.door.fetch(site.account, started.ids)
    expect((facts.state, facts.decline), (PaymentState.OPEN, DeclineReason.NO_FUNDS))
    site.get_stand_in().pay(started.ids.started, "threeDSecureRequired", passes=False)
    expect(site.door.fetch(site.account, started.ids).decline, DeclineReason.NOT_CONFIRMED)
    site.get_stand_in().pay(started.ids.started, "visa")
    facts = site.door.fetch(site.account, started.ids)
    expect((facts.state, facts.received_minor), (PaymentState.PAID, 50_000))


def line_breaks_between_charge_and_answer(site: Site) -> None:
    """Line breaks between charge and answer."""
    charge = _charge(site, site.keep_card("visa"))
    stand_in = site.get_stand_in()
    charges = len(list(stand_in.world.find_all("charge", site.account.provider_id)))
    stand_in.faults = [Fault.BREAK_AFTER] * 3
    with expecting(OutcomeUnknown):
        site.door.charge_saved(charge)
    expect(site.door.charge_saved(charge).received_minor, 30_000)
    expect(len(list(stand_in.world.find_all("charge", site.account.provider_id))), charges + 1)


def every_event_is_signed_and_tells_what_to_fetch(site: Site) -> None:
    """Every event is signed and tells what to fetch."""
    stand_in = site.get_stand_in()
    stand_in.postman.take_all()
    started = site.door.start(site.make_order())
    stand_in.pay(started.ids.started, "createDispute")
    events = stand_in.postman.take_all()
    found = [site.door.read_event(*stand_in.postman.write(event), now=utc_now())[0] for event in events]
    expect({event.account_id for event in found}, {site.account.provider_id})
    expect(sorted({event.kind.value for event in found}), ["dispute", "payment"])


def _dispute(site: Site) -> str:
    """Let somebody pay and ask it back at once; return the dispute."""
    ids = site.door.charge_saved(_charge(site, site.keep_card("createDispute"))).ids
    found = site.get_stand_in().world.find_all("dispute", site.account.provider_id)
    return str(next(each["id"] for each in found if each["payment_intent"] == ids.payment))


def evidence_goes_to_the_bank_once(site: Site) -> None:
    """Evidence goes to the bank once."""
    dispute, paper = _dispute(site), b"%PDF-1.7 drill"
    uploading, answering = site.make_key("evidence_file"), site.make_key("evidence")
    file = site.door.upload_evidence(site.account, paper, key=uploading)
    expect(site.door.upload_evidence(site.account, paper, key=uploading), file)
    answer = DisputeAnswer(file_id=file, customer_name="Ana Pérez", text="She came.")
    for key in (answering, answering, site.make_key("evidence")):
        facts = site.door.answer_dispute(site.account, dispute, answer, key=key)
        expect((facts.state, facts.answered_with), (DisputeState.UNDER_REVIEW, file))
    other = replace(answer, file_id=site.door.upload_evidence(site.account, paper, key=site.make_key("evidence_file")))
    with expecting(AnswerRefused):
        site.door.answer_dispute(site.account, dispute, other, key=site.make_key("evidence"))
    with expecting(AnswerRefused):
        site.door.accept_dispute(site.account, dispute, key=site.make_key("accept"))


def dispute_is_accepted_for_good(site: Site) -> None:
    """Dispute is accepted for good."""
    dispute = _dispute(site)
    for _ in range(2):
        facts = site.door.accept_dispute(site.account, dispute, key=site.make_key("accept"))
        expect((facts.state, facts.taken_minor), (DisputeState.LOST, 30_000))


ANYWHERE = (
    page_opens_and_waits,
    same_key_opens_one_page_and_other_content_none,
    closed_page_stays_closed,
    amounts_and_currencies_have_limits,
    page_for_a_card_opens_and_closes,
    kept_card_is_charged_once,
    kept_card_is_declined,
    bank_wants_to_ask_the_owner_of_a_kept_card,
    forgotten_card_is_forgotten_twice,
    refunds_add_up_and_go_no_further,
    part_of_what_was_reserved_is_taken_and_refunded,
    what_was_reserved_is_let_go_twice_and_never_taken,
    what_was_taken_is_not_let_go,
    unknown_payments_and_accounts_are_unknown,
    balance_tells_what_was_charged,
    new_business_is_asked_who_it_is,
)
AT_THE_STAND_IN = (
    person_pays_after_a_declined_card,
    line_breaks_between_charge_and_answer,
    every_event_is_signed_and_tells_what_to_fetch,
    evidence_goes_to_the_bank_once,
    dispute_is_accepted_for_good,
)
SCENARIOS = (
    *(Scenario(each) for each in ANYWHERE),
    *(Scenario(each, needs_stand_in=True) for each in AT_THE_STAND_IN),
)
