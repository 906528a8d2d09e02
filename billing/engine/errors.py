"""Expected failures of the engine."""

from __future__ import annotations

from kernel.errors import Invalid
from kernel.text import mark


class DepositPolicyInvalid(Invalid):
    """A deposit policy with a number that makes no sense."""

    code = "deposit_policy_invalid"
    text = mark("This deposit is not possible.")

    def __init__(self, *, field: str, value: int) -> None:
        super().__init__(errors={field: (self.text,)})
        self.value = value


class RefundTermsInvalid(Invalid):
    """A table of refunds with a number that makes no sense."""

    code = "refund_terms_invalid"
    text = mark("This refund policy is not possible.")

    def __init__(self, *, field: str, value: int) -> None:
        super().__init__(errors={field: (self.text,)})
        self.value = value
