"""The ledger: what moved, from where to where, for good."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from billing.enums import MONEY_DOORS, LedgerAccount, LedgerKind
from billing.models.dispute import Dispute
from billing.models.payment import Payment, Refund


class AppendOnly(models.QuerySet["LedgerEntry"]):
    """Rows that are read and added; tenants' schemas have no triggers that could see to it (decision 11)."""

    def update(self, **_values: Any) -> int:
        """Refuse: a mistake is put right by another row.

        Raises:
            TypeError: Always.
        """
        raise TypeError("the ledger is append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse, as `update`.

        Raises:
            TypeError: Always.
        """
        raise TypeError("the ledger is append-only")


class LedgerEntry(models.Model):
    """One movement: as much as goes out of ``credit`` comes into ``debit``, so it balances by construction.

    ``by_id`` is who of the business did it; none: a customer, a provider or the policy.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=LedgerKind.choices)
    debit = models.CharField(max_length=16, choices=LedgerAccount.choices)
    credit = models.CharField(max_length=16, choices=LedgerAccount.choices)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="entries")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    by_id = models.BigIntegerField(null=True, blank=True)

    objects = AppendOnly.as_manager()

    class Meta:
        """Each kind moves money between the accounts that it names, a payment and a refund once."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="billing_ledger_amount"),
            models.CheckConstraint(
                condition=Q(
                    kind=LedgerKind.DISPUTED,
                    debit=LedgerAccount.DISPUTED,
                    credit__in=MONEY_DOORS,
                    refund__isnull=True,
                    dispute__isnull=False,
                )
                | Q(
                    kind=LedgerKind.REGAINED,
                    debit__in=MONEY_DOORS,
                    credit=LedgerAccount.DISPUTED,
                    refund__isnull=True,
                    dispute__isnull=False,
                )
                | Q(
                    kind=LedgerKind.RECEIVED,
                    debit__in=MONEY_DOORS,
                    credit=LedgerAccount.PREPAID,
                    refund__isnull=True,
                    dispute__isnull=True,
                )
                | Q(
                    kind=LedgerKind.REFUNDED,
                    debit=LedgerAccount.PREPAID,
                    credit__in=MONEY_DOORS,
                    refund__isnull=False,
                    dispute__isnull=True,
                )
                | Q(
                    kind=LedgerKind.CREDITED,
                    debit=LedgerAccount.PREPAID,
                    credit=LedgerAccount.CREDIT,
                    refund__isnull=False,
                    dispute__isnull=True,
                )
                | Q(
                    kind__in=(LedgerKind.SPENT.value, LedgerKind.RETURNED.value),
                    debit=LedgerAccount.CREDIT,
                    credit=LedgerAccount.PREPAID,
                    refund__isnull=True,
                    dispute__isnull=True,
                )
                | Q(
                    kind=LedgerKind.KEPT,
                    debit=LedgerAccount.PREPAID,
                    credit=LedgerAccount.KEPT,
                    refund__isnull=True,
                    dispute__isnull=True,
                )
                | Q(
                    kind=LedgerKind.RELEASED,
                    debit=LedgerAccount.KEPT,
                    credit=LedgerAccount.PREPAID,
                    refund__isnull=True,
                    dispute__isnull=True,
                ),
                name="billing_ledger_accounts",
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(kind=LedgerKind.RECEIVED), name="billing_ledger_received_once"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(kind=LedgerKind.SPENT), name="billing_ledger_spent_once"
            ),
            models.UniqueConstraint(
                fields=["refund"], condition=Q(refund__isnull=False), name="billing_ledger_refunded_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["at", "id"], name="billing_ledger_time")]

    def __str__(self) -> str:
        """Return what moved between which accounts."""
        return f"{self.kind}: {self.credit} to {self.debit}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row.

        Raises:
            TypeError: It is there already.
        """
        if not self._state.adding:
            raise TypeError("the ledger is append-only")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: a mistake is put right by another row.

        Raises:
            TypeError: Always.
        """
        raise TypeError("the ledger is append-only")
