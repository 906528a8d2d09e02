"""The ways in which the business takes money."""

from __future__ import annotations

from billing.enums import PaymentDoor
from billing.models import PaymentAccount
from billing.types import BankData


def find_open_account(door: PaymentDoor) -> BankData | None:
    """Return where money goes through a door that is open; None: it is closed. One query."""
    row = PaymentAccount.objects.filter(door=door, is_on=True).first()
    return None if row is None else view_account(row)


def get_bank_data() -> BankData:
    """Return what the business typed about its bank account, open or not; empty before it did."""
    row = PaymentAccount.objects.filter(door=PaymentDoor.BANK_TRANSFER).first()
    return BankData() if row is None else view_account(row)


def view_account(row: PaymentAccount) -> BankData:
    """Return a row as a value."""
    return BankData(
        holder=row.holder,
        bank=row.bank,
        number=row.number,
        tax_id=row.tax_id,
        note=row.note,
        wait_minutes=row.wait_minutes,
        is_on=row.is_on,
    )
