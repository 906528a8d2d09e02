"""What payments keep about people."""

from __future__ import annotations

from kernel.personal import Erasure, Ground, NotPersonal, PersonalColumn, Purpose, Subject, TableInventory

_WORDS = PersonalColumn(Subject.CUSTOMER, Purpose.VISIT, Ground.CONTRACT, Erasure.BLANK)
"""What staff notes beside a payment may name who paid it."""

_TAX = PersonalColumn(Subject.CUSTOMER, Purpose.INVOICE, Ground.CONTRACT, Erasure.BLANK)
"""To whom an invoice is made out, for two years (`billing.services.invoices.ending`).

The invoice itself is in the books of the business, and not here.
"""

INVENTORY = (
    TableInventory(
        "billing.PaymentAccount",
        other={
            NotPersonal.CODE: ("provider_id",),
            NotPersonal.BUSINESS: ("holder", "bank", "number", "tax_id", "note"),
        },
    ),
    TableInventory(
        "billing.Payment",
        personal={"note": _WORDS},
        other={
            NotPersonal.CODE: ("currency",),
            NotPersonal.MACHINE: (
                "provider_account_id",
                "provider_started_id",
                "provider_payment_id",
                "provider_url",
                "decline",
            ),
        },
    ),
    TableInventory(
        "billing.Dispute",
        other={NotPersonal.CODE: ("currency",), NotPersonal.MACHINE: ("provider_dispute_id",)},
    ),
    TableInventory(
        "billing.DisputeAnswer",
        # Paper and facts are there until the bank has them.
        personal=dict.fromkeys(("text", "facts", "paper"), _WORDS),
        other={NotPersonal.MACHINE: ("provider_file_id",)},
    ),
    TableInventory(
        "billing.Payout",
        other={
            NotPersonal.CODE: ("currency",),
            NotPersonal.MACHINE: ("provider_account_id", "provider_payout_id"),
        },
    ),
    # Its file is in `files.StoredFile`.
    TableInventory("billing.Receipt"),
    TableInventory("billing.Refund", personal={"reason": _WORDS}, other={NotPersonal.MACHINE: ("provider_refund_id",)}),
    TableInventory("billing.LedgerEntry", other={NotPersonal.CODE: ("currency",)}),
    TableInventory(
        "billing.InvoiceWish",
        personal=dict.fromkeys(
            ("name", "tax_id", "address", "postal_code", "city", "regime", "use", "activity", "email", "reason"), _TAX
        ),
        other={NotPersonal.CODE: ("country", "id_kind"), NotPersonal.BUSINESS: ("number", "issued_on")},
        kept_days=730,
    ),
    TableInventory(
        "billing.Difference",
        other={NotPersonal.CODE: ("currency",), NotPersonal.MACHINE: ("source_id", "provider_account_id")},
    ),
    TableInventory(
        "billing.SavedMethod",
        # The row stays until the provider has forgotten the card, which needs its name there.
        personal={
            "label": PersonalColumn(Subject.CUSTOMER, Purpose.VISIT, Ground.CONSENT, Erasure.BLANK),
            "expires_on": PersonalColumn(Subject.CUSTOMER, Purpose.VISIT, Ground.CONSENT, Erasure.BLANK),
        },
        other={
            NotPersonal.CODE: ("text_version",),
            NotPersonal.MACHINE: ("provider_account_id", "provider_method_id", "provider_customer_id"),
        },
    ),
    TableInventory("billing.Credit", other={NotPersonal.CODE: ("currency",)}),
    TableInventory("billing.CreditUse"),
    TableInventory(
        "billing_public.PaymentAccountOwner",
        other={NotPersonal.CODE: ("schema_name",), NotPersonal.MACHINE: ("provider_account_id",)},
    ),
    TableInventory(
        "billing_public.WebhookEvent",
        other={NotPersonal.CODE: ("kind",), NotPersonal.MACHINE: ("event_id", "provider_account_id", "object_id")},
    ),
)
