"""The door to Stripe."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from billing.gateway.currencies import from_provider_amount, to_provider_amount
from billing.gateway.doors.stripe_connect import events, ranges
from billing.gateway.doors.stripe_connect.client import Client, within
from billing.gateway.doors.stripe_connect.reading import (
    KEY,
    read_account,
    read_dispute,
    read_instant,
    read_movement,
    read_payment,
    read_payout,
    read_refund,
    read_started,
)
from billing.gateway.enums import AccountState, Capture, DisputeState, DoorName, PaymentState
from billing.gateway.errors import (
    AccountUnusable,
    AmountRefused,
    AnswerRefused,
    CallRefused,
    CurrencyRefused,
    PaymentUnknown,
    RefundRefused,
    StateRefused,
)
from billing.gateway.types import (
    AccountFacts,
    Capabilities,
    DisputeAnswer,
    DisputeFacts,
    DoorAccount,
    Event,
    Movement,
    PaymentFacts,
    PaymentKey,
    PaymentOrder,
    PayoutFacts,
    ProviderIds,
    Redirect,
    RefundFacts,
    RefundOrder,
    SavedCharge,
    SavingOrder,
)
from kernel.money import Money

PAGE_SIZE = 100
ACCOUNT_PARTS: list[Any] = ["configuration.merchant", "defaults", "identity", "requirements"]
INTENT_PARTS = ["latest_charge", "payment_method"]
SESSION_PARTS = [
    "payment_intent.latest_charge",
    "payment_intent.payment_method",
    "setup_intent.payment_method",
]


class StripeDoor:
    """Direct charges in the business's own account; customers pay on Stripe's own page."""

    name = DoorName.STRIPE
    has_provider = True

    def __init__(self, client: Client) -> None:
        self._client = client

    def find_capabilities(self, account: DoorAccount, *, currency: str, lead_time: timedelta) -> Capabilities:
        """Return what is possible by Stripe's published rules; `fetch_account` tells what this account may do."""
        return Capabilities(
            can_take=account.country in ranges.COUNTRIES and bool(account.provider_id),
            least=ranges.find_least(currency),
            most=from_provider_amount(ranges.MOST, currency),
            # What is reserved lapses: who decides later than that would decide about nothing.
            can_authorize=lead_time >= timedelta(),
            authorization_lasts=ranges.AUTHORIZATION_LASTS,
            can_save=True,
            refunds_itself=True,
            shortest_start=ranges.SHORTEST_START,
            longest_start=ranges.LONGEST_START,
            evidence=ranges.EVIDENCE,
        )

    def start(self, order: PaymentOrder) -> Redirect:
        """Open a Checkout session on Stripe's own page."""
        amount = _require_amount(order.amount)
        marks = {KEY: str(order.key), "reference": order.reference}
        intent: dict[str, Any] = {"description": order.description, "metadata": marks}
        if order.capture is Capture.LATER:
            intent["capture_method"] = "manual"
        if order.saves_method:
            intent["setup_future_usage"] = "off_session"
        params = _describe_page(order, marks) | {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": order.amount.currency.lower(),
                        "unit_amount": amount,
                        "product_data": {"name": order.description},
                    },
                }
            ],
            "payment_intent_data": intent,
        }
        if order.settles_soon:
            params["excluded_payment_method_types"] = list(ranges.SLOW_METHODS)
        if order.saves_method and not order.customer_id:
            params["customer_creation"] = "always"
        return self._open(order.account, order.key, params)

    def start_saving(self, order: SavingOrder) -> Redirect:
        """Open a Checkout session in which a card is left for later."""
        marks = {KEY: str(order.key), "reference": order.reference}
        params = _describe_page(order, marks) | {
            "mode": "setup",
            "currency": order.currency.lower(),
            "setup_intent_data": {"description": order.description, "metadata": marks},
        }
        if not order.customer_id:
            params["customer_creation"] = "always"
        return self._open(order.account, order.key, params)

    def _open(self, account: DoorAccount, key: PaymentKey, params: Any) -> Redirect:
        with self._client.calling() as sdk:
            session = sdk.v1.checkout.sessions.create(params, within(account, key))
        if not session.url:  # repeated after the page closed: Stripe repeats its answer of then, so this is ours
            raise StateRefused
        payment = session.payment_intent
        ids = ProviderIds(started=session.id, payment=payment if isinstance(payment, str) else "")
        return Redirect(ids=ids, url=session.url, expires_at=read_instant(session.expires_at))

    def close(self, account: DoorAccount, ids: ProviderIds, *, key: PaymentKey) -> PaymentFacts:
        """Expire the session, or cancel the payment where there was none."""
        if not ids.started:
            return self.release(account, ids, key=key)
        try:
            with self._client.calling() as sdk:
                sdk.v1.checkout.sessions.expire(ids.started, {}, within(account, key))
        except (StateRefused, CallRefused):  # paid or expired meanwhile: Stripe has no code for it
            pass
        return self.fetch(account, ids)

    def capture(
        self, account: DoorAccount, ids: ProviderIds, *, key: PaymentKey, amount: Money | None = None
    ) -> PaymentFacts:
        """Take what was reserved."""
        payment = self._require_payment(account, ids)
        params: dict[str, Any] = {"expand": INTENT_PARTS}
        if amount is not None:
            params["amount_to_capture"] = _require_amount(amount)
        with self._client.calling() as sdk:
            intent = sdk.v1.payment_intents.capture(payment, params, within(account, key))  # type: ignore[arg-type]
        return read_payment(intent, started=ids.started, status="complete")

    def release(self, account: DoorAccount, ids: ProviderIds, *, key: PaymentKey) -> PaymentFacts:
        """Cancel the payment, which lets go what was reserved."""
        payment = self._require_payment(account, ids)
        try:
            with self._client.calling() as sdk:
                sdk.v1.payment_intents.cancel(payment, {}, within(account, key))
        except (StateRefused, CallRefused):
            facts = self.fetch(account, ids)
            if facts.state is not PaymentState.CLOSED:
                raise
            return facts
        return self.fetch(account, ids)

    def refund(self, order: RefundOrder) -> RefundFacts:
        """Send money back to where it came from."""
        if order.amount.amount_minor <= 0:
            raise RefundRefused
        payment = self._require_payment(order.account, order.ids)
        with self._client.calling(refunding=True) as sdk:
            refund = sdk.v1.refunds.create(
                {
                    "payment_intent": payment,
                    "amount": to_provider_amount(order.amount),
                    "reason": "requested_by_customer",
                    "metadata": {KEY: str(order.key)},
                },
                within(order.account, order.key),
            )
        return read_refund(refund)

    def fetch_refund(self, account: DoorAccount, refund_id: str) -> RefundFacts:
        """Return a refund as it is now."""
        with self._client.calling() as sdk:
            return read_refund(sdk.v1.refunds.retrieve(refund_id, None, within(account)))

    def list_refunds(self, account: DoorAccount, ids: ProviderIds) -> tuple[RefundFacts, ...]:
        """Return all refunds of a payment, the newest first."""
        payment = self._require_payment(account, ids)
        with self._client.calling() as sdk:
            found = sdk.v1.refunds.list({"payment_intent": payment, "limit": PAGE_SIZE}, within(account))
            return tuple(read_refund(each) for each in found.auto_paging_iter())

    def charge_saved(self, charge: SavedCharge) -> PaymentFacts:
        """Charge a kept card without its owner."""
        amount = _require_amount(charge.amount)
        with self._client.calling() as sdk:
            intent = sdk.v1.payment_intents.create(
                {
                    "amount": amount,
                    "currency": charge.amount.currency.lower(),
                    "customer": charge.saved.customer_id,
                    "payment_method": charge.saved.method_id,
                    "confirm": True,
                    "off_session": True,
                    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                    "description": charge.description,
                    "metadata": {KEY: str(charge.key), "reference": charge.reference},
                    "expand": INTENT_PARTS,
                },
                within(charge.account, charge.key),
            )
        return read_payment(intent)

    def forget_saved(self, account: DoorAccount, method_id: str, *, key: PaymentKey) -> None:
        """Detach a card from its customer."""
        try:
            with self._client.calling() as sdk:
                sdk.v1.payment_methods.detach(method_id, {}, within(account, key))
        except (CallRefused, StateRefused, PaymentUnknown):  # Stripe refuses what is detached already
            return

    def fetch(self, account: DoorAccount, ids: ProviderIds) -> PaymentFacts:
        """Return a payment as it is now."""
        with self._client.calling() as sdk:
            if ids.started:
                return read_started(
                    sdk.v1.checkout.sessions.retrieve(ids.started, {"expand": SESSION_PARTS}, within(account))
                )
            if not ids.payment:
                raise PaymentUnknown
            return read_payment(sdk.v1.payment_intents.retrieve(ids.payment, {"expand": INTENT_PARTS}, within(account)))

    def read_event(self, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> tuple[Event, ...]:
        """Verify and read an event with content."""
        return events.read_event(raw, headers, secrets=self._client.secrets, now=now)

    def read_notice(self, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> tuple[Event, ...]:
        """Verify and read an event without content."""
        return events.read_notice(raw, headers, secrets=self._client.notice_secrets, now=now)

    def open_account(self, *, key: PaymentKey, country: str, email: str, name: str) -> AccountFacts:
        """Open an account with Stripe's full dashboard, whose fees and losses are between the business and Stripe."""
        with self._client.calling() as sdk:
            account = sdk.v2.core.accounts.create(
                {
                    "contact_email": email,
                    "display_name": name,
                    "dashboard": "full",
                    "identity": {"country": country.lower()},
                    "defaults": {"responsibilities": {"fees_collector": "stripe", "losses_collector": "stripe"}},
                    "configuration": {"merchant": {"capabilities": {"card_payments": {"requested": True}}}},
                    "include": ACCOUNT_PARTS,
                    "metadata": {KEY: str(key)},
                },
                {"idempotency_key": str(key)},
            )
        return read_account(account)

    def start_account_setup(self, account: DoorAccount, *, key: PaymentKey, return_url: str, again_url: str) -> str:
        """Return the address of Stripe's own page about who the business is."""
        with self._client.calling() as sdk:
            link = sdk.v2.core.account_links.create(
                {
                    "account": account.provider_id,
                    "use_case": {
                        "type": "account_onboarding",
                        "account_onboarding": {
                            "refresh_url": again_url,
                            "return_url": return_url,
                        },
                    },
                },
                {"idempotency_key": str(key)},
            )
        return link.url

    def fetch_account(self, account: DoorAccount) -> AccountFacts:
        """Return a business's account as it is now."""
        try:
            with self._client.calling() as sdk:
                return read_account(sdk.v2.core.accounts.retrieve(account.provider_id, {"include": ACCOUNT_PARTS}))
        except (AccountUnusable, PaymentUnknown):
            return AccountFacts(provider_id=account.provider_id, state=AccountState.GONE)

    def fetch_dispute(self, account: DoorAccount, dispute_id: str) -> DisputeFacts:
        """Return a dispute as it is now."""
        with self._client.calling() as sdk:
            return read_dispute(sdk.v1.disputes.retrieve(dispute_id, None, within(account)))

    def upload_evidence(self, account: DoorAccount, paper: bytes, *, key: PaymentKey) -> str:
        """Give Stripe a PDF that is evidence."""
        file = io.BytesIO(paper)
        file.name = "evidence.pdf"
        with self._client.calling() as sdk:
            return sdk.v1.files.create({"file": file, "purpose": "dispute_evidence"}, within(account, key)).id

    def answer_dispute(
        self, account: DoorAccount, dispute_id: str, answer: DisputeAnswer, *, key: PaymentKey
    ) -> DisputeFacts:
        """Submit the evidence to the bank."""
        evidence = {
            "uncategorized_file": answer.file_id,
            "uncategorized_text": answer.text,
            "customer_name": answer.customer_name,
            "customer_email_address": answer.customer_email,
            "product_description": answer.service,
            "service_date": answer.served_on,
            "refund_policy_disclosure": answer.refund_terms,
            "cancellation_policy_disclosure": answer.cancel_terms,
        }
        params: Any = {"evidence": {name: said for name, said in evidence.items() if said}, "submit": True}
        try:
            with self._client.calling() as sdk:
                return read_dispute(sdk.v1.disputes.update(dispute_id, params, within(account, key)))
        except (CallRefused, StateRefused) as error:  # Stripe has no code for what was answered already, or too late
            facts = self.fetch_dispute(account, dispute_id)
            if facts.answered_with == answer.file_id:
                return facts
            if facts.state is DisputeState.NEEDS_ANSWER and not facts.is_answered:
                raise
            raise AnswerRefused from error

    def accept_dispute(self, account: DoorAccount, dispute_id: str, *, key: PaymentKey) -> DisputeFacts:
        """Close the dispute, which is lost then."""
        try:
            with self._client.calling() as sdk:
                return read_dispute(sdk.v1.disputes.close(dispute_id, {}, within(account, key)))
        except (CallRefused, StateRefused) as error:
            facts = self.fetch_dispute(account, dispute_id)
            if facts.state is not DisputeState.LOST:
                raise AnswerRefused from error
            return facts

    def list_payouts(self, account: DoorAccount, *, since: datetime) -> tuple[PayoutFacts, ...]:
        """Return the payouts that were made since an instant."""
        params: Any = {"created": {"gte": int(since.timestamp())}, "limit": PAGE_SIZE}
        with self._client.calling() as sdk:
            found = sdk.v1.payouts.list(params, within(account))
            return tuple(read_payout(each) for each in found.auto_paging_iter())

    def list_movements(self, account: DoorAccount, *, since: datetime, until: datetime) -> tuple[Movement, ...]:
        """Return every change of the balance in ``[since, until)``."""
        span = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        params: Any = {"created": span, "limit": PAGE_SIZE, "expand": ["data.source"]}
        with self._client.calling() as sdk:
            found = sdk.v1.balance_transactions.list(params, within(account))
            return tuple(read_movement(each) for each in found.auto_paging_iter())

    def _require_payment(self, account: DoorAccount, ids: ProviderIds) -> str:
        payment = ids.payment or self.fetch(account, ids).ids.payment
        if not payment:
            raise PaymentUnknown
        return payment


def _describe_page(order: PaymentOrder | SavingOrder, marks: dict[str, str]) -> dict[str, Any]:
    page: dict[str, Any] = {
        "ui_mode": "hosted_page",
        "success_url": order.return_url,
        "cancel_url": order.cancel_url,
        "expires_at": int(order.pay_until.timestamp()),
        "locale": order.language,
        "metadata": marks,
    }
    if order.customer_id:
        page["customer"] = order.customer_id
    elif order.email:
        page["customer_email"] = order.email
    return page


def _require_amount(money: Money) -> int:
    if len(money.currency) != ranges.LETTERS_OF_A_CURRENCY:
        raise CurrencyRefused
    if money.amount_minor <= 0:
        raise AmountRefused
    amount = to_provider_amount(money)
    if amount > ranges.MOST:
        raise AmountRefused
    return amount
