"""What of payments is in the copies of a business, and what stays where it is."""

from __future__ import annotations

from tenants.hooks import ExportRule, register_export_rules, register_left_behind

EXPORT_RULES = (
    # An account at a provider was connected to this platform; elsewhere it has to be connected anew.
    ExportRule("billing.PaymentAccount", where="door <> 'stripe'"),
    ExportRule("billing.SavedMethod", left_out="the provider keeps cards for whoever asked the customer"),
)


def register() -> None:
    """Say what is left out, and why."""
    register_export_rules(EXPORT_RULES)
    register_left_behind(
        {
            "billing_public.PaymentAccountOwner": "an account at a provider is connected to one platform",
            "billing_public.WebhookEvent": "what a provider told this platform concerns no other",
        }
    )
