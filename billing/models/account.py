"""Where the money of a business arrives."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing.enums import CardState, PaymentDoor

SHORTEST_WAIT_MINUTES, LONGEST_WAIT_MINUTES = 30, 7 * 24 * 60
USUAL_WAIT_MINUTES = 4 * 60


class PaymentAccount(models.Model):
    """One door of the business, open or not.

    ``provider_id`` is the account at a provider; ``holder``, ``bank``, ``number`` and ``tax_id`` are what customers
    need for a transfer, as the business typed it. ``wait_minutes`` is how long a place waits for its money, counted
    while the business is open. ``state``, ``missing_count`` and ``answer_by`` are what the provider said of the
    account at ``checked_at``; ``attempt`` counts the accounts that were opened there. Up to ``compared_until`` the
    ledger was compared with what the provider has; at ``payouts_checked_at`` it was asked for payouts,
    as somebody wanted at ``payouts_asked_at``.
    ``books_when_silent``: while the provider does not answer, visits take place without the deposit that they wait for.
    """

    door = models.CharField(max_length=16, choices=PaymentDoor.choices, unique=True)
    is_on = models.BooleanField(default=False)
    provider_id = models.CharField(max_length=64, blank=True, default="")
    holder = models.CharField(max_length=120, blank=True, default="")
    bank = models.CharField(max_length=80, blank=True, default="")
    number = models.CharField(max_length=64, blank=True, default="")
    tax_id = models.CharField(max_length=32, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    wait_minutes = models.PositiveIntegerField(default=USUAL_WAIT_MINUTES)
    changed_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=CardState.choices, blank=True, default="", db_default="")
    missing_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    answer_by = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1, db_default=1)
    compared_until = models.DateTimeField(null=True, blank=True)
    payouts_checked_at = models.DateTimeField(null=True, blank=True)
    payouts_asked_at = models.DateTimeField(null=True, blank=True)
    books_when_silent = models.BooleanField(default=False, db_default=False)

    class Meta:
        """A door that is open says where the money goes."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(door__in=PaymentDoor.values), name="billing_account_door_known"),
            models.CheckConstraint(
                condition=~Q(door=PaymentDoor.BANK_TRANSFER, is_on=True) | ~(Q(holder="") | Q(number="")),
                name="billing_account_bank_said",
            ),
            models.CheckConstraint(
                condition=~Q(door=PaymentDoor.STRIPE, is_on=True) | ~Q(provider_id=""),
                name="billing_account_provider_said",
            ),
            models.CheckConstraint(
                condition=Q(state="") | Q(state__in=CardState.values), name="billing_account_state_known"
            ),
            models.CheckConstraint(
                condition=Q(wait_minutes__range=(SHORTEST_WAIT_MINUTES, LONGEST_WAIT_MINUTES)),
                name="billing_account_wait",
            ),
        ]

    def __str__(self) -> str:
        """Return the door."""
        return self.door
