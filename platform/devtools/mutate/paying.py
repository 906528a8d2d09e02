"""Lines that guard money at the door to a provider."""

from __future__ import annotations

from devtools.mutate.mutant import Mutant

_EVENTS = "tests/integration/billing/gateway/test_stripe_events.py"
_FAULTS = "tests/integration/billing/gateway/test_stripe_faults.py"
_ANSWERS = "tests/integration/billing/cards/test_answers.py"
_BANK = "tests/integration/billing/gateway/test_stripe_disputes.py"
_DISPUTES = "tests/integration/billing/cards/test_disputes.py"
_INVOICES = "tests/integration/billing/test_invoices.py"
_PAYMENTS = "tests/integration/billing/gateway/test_stripe_payments.py"
_RECEIPTS = "tests/integration/billing/test_receipts.py"
_REFUNDS = "tests/integration/billing/test_transfers.py"
_CHANGES = "tests/integration/billing/test_changing.py"
_BOTH_WAYS = "tests/integration/billing/cards/test_both_ways.py"
_DOOR = "billing/gateway/doors/stripe_connect"

PAYING = (
    Mutant(
        "evidence that nobody read goes to the bank",
        "billing/services/cards/answering.py",
        "if stamp_case(case) != seen:",
        "if not seen:",
        (_ANSWERS,),
    ),
    Mutant(
        "a dispute is answered after its time",
        "billing/services/cards/answering.py",
        "if dispute.answer_by is not None and dispute.answer_by <= now:\n        raise DisputeLate",
        "if dispute.answer_by is not None and dispute.answer_by < now:\n        raise DisputeLate",
        (_ANSWERS,),
    ),
    Mutant(
        "a dispute of another payment is answered",
        "billing/services/cards/answering.py",
        "payment.disputes.filter(pk=dispute_id).first()",
        "Dispute.objects.filter(pk=dispute_id).first()",
        (_ANSWERS,),
    ),
    Mutant(
        "the second of two answers goes to the bank as well",
        "billing/services/cards/answering.py",
        "if DisputeAnswer.objects.filter(dispute=dispute, state__in=LIVE_ANSWERS).exists():",
        "if DisputeAnswer.objects.filter(dispute=dispute, state__in=()).exists():",
        (_ANSWERS,),
    ),
    Mutant(
        "a customer's data stay in an answer that the bank has",
        "billing/services/cards/answering.py",
        "answer.state, answer.done_at, answer.paper, answer.facts = state, now, None, {}",
        "answer.state, answer.done_at = state, now",
        (_ANSWERS,),
    ),
    Mutant(
        "an answer of somebody else counts as ours",
        f"{_DOOR}/door.py",
        "if facts.answered_with == answer.file_id:",
        "if facts.is_answered:",
        (_BANK,),
    ),
    Mutant(
        "an event that somebody else signed is taken",
        f"{_DOOR}/events.py",
        "if not header.isascii() or not any(_is_signed(raw, header, secret) for secret in secrets):",
        "if not header.isascii():",
        (_EVENTS,),
    ),
    Mutant(
        "only the present secret signs events",
        f"{_DOOR}/events.py",
        "for secret in secrets):",
        "for secret in secrets[:1]):",
        (_EVENTS,),
    ),
    Mutant(
        "an event of last week is taken",
        f"{_DOOR}/events.py",
        "abs(int(stamps[0]) - now.timestamp()) >",
        "int(stamps[0]) - now.timestamp() >",
        (_EVENTS,),
    ),
    Mutant(
        "an event of next week is taken",
        f"{_DOOR}/events.py",
        "abs(int(stamps[0]) - now.timestamp()) >",
        "now.timestamp() - int(stamps[0]) >",
        (_EVENTS,),
    ),
    Mutant(
        "a provider is called inside a transaction",
        f"{_DOOR}/client.py",
        "if connection.in_atomic_block:",
        "if connection is None:",
        (_FAULTS,),
    ),
    Mutant(
        "a call goes to the platform's account instead of the business's",
        f"{_DOOR}/client.py",
        '{"stripe_account": account.provider_id}',
        "{}",
        (_PAYMENTS,),
    ),
    Mutant(
        "a charge has another key each time",
        f"{_DOOR}/client.py",
        'options["idempotency_key"] = str(key)',
        "del key",
        (_FAULTS,),
    ),
    Mutant(
        "a refund of nothing, or less, is asked for",
        f"{_DOOR}/door.py",
        "        if order.amount.amount_minor <= 0:\n            raise RefundRefused\n",
        "",
        (_PAYMENTS,),
    ),
    Mutant(
        "a receipt keeps the place each time that it is sent anew",
        "billing/services/receipts.py",
        "if not Receipt.objects.filter(payment__booking_id=booking_id).exists():",
        "if booking_id:",
        (_RECEIPTS,),
    ),
    Mutant(
        "what was given back before goes back once more",
        "billing/services/refunds.py",
        "split.back_minor - payment.refunded_minor",
        "split.back_minor",
        (_CHANGES,),
    ),
    Mutant(
        "what the bank has goes back as if it were there",
        "billing/engine/balances.py",
        "return min(amount_minor, refunded_minor + disputed_minor)",
        "return min(amount_minor, refunded_minor)",
        (_DISPUTES,),
    ),
    Mutant(
        "what the bank returns of a canceled visit goes to nobody",
        "billing/services/cards/disputing.py",
        "        share_regained(payment, now=now)\n",
        "        pass\n",
        (_DISPUTES,),
    ),
    Mutant(
        "people are told to send what the bank took back itself",
        "billing/services/cards/refunding.py",
        "    if payment.refunded_minor + payment.disputed_minor <= payment.amount_minor:\n        return False\n",
        "    return False\n",
        ("tests/integration/billing/cards/test_refunds.py",),
    ),
    Mutant(
        "a refund is sent again without a look at what is there",
        "billing/services/cards/refunding.py",
        "    if is_again:\n",
        "    if False:\n",
        ("tests/integration/billing/cards/test_refunds.py",),
    ),
    Mutant(
        "what was paid again while a bank had it stays",
        "billing/services/refunds.py",
        "    if surplus:\n",
        "    if False:\n",
        (_DISPUTES,),
    ),
    Mutant(
        "an invoice is noted for tax data that were changed since",
        "billing/services/invoices/wishes.py",
        "    if row.asked_at != seen:\n        raise InvoiceChanged\n",
        "",
        (_INVOICES,),
    ),
    Mutant(
        "the number of an invoice is corrected over a correction that nobody saw",
        "billing/services/invoices/wishes.py",
        " and row.closed_at == seen:",
        ":",
        (_INVOICES,),
    ),
    Mutant(
        "who was erased stays in the tax data of their invoices",
        "billing/services/forgetting.py",
        "    forget_tax_data(InvoiceWish.objects.filter(customer_id__in=rows.row_ids), now=rows.at)\n",
        "",
        (_INVOICES,),
    ),
    Mutant(
        "two ways are waited for after one of them paid",
        "billing/services/cards/settling.py",
        "    end_others(payment, now=now)\n",
        "",
        (_BOTH_WAYS,),
    ),
)
