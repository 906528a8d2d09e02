from __future__ import annotations

import pytest

from billing.gateway.enums import PaymentState
from billing.gateway.types import LONGEST_KEY, PaymentKey


def test_payment_key_reads_tenant_purpose_row_attempt():
    key = PaymentKey(tenant="t_taller", purpose="deposit", row="018f-2a", attempt=3)

    assert str(key) == "t_taller:deposit:018f-2a:3"


def test_payment_key_fits_into_a_providers_header():
    longest = "a" * 63

    key = PaymentKey(tenant=longest, purpose=longest, row=longest, attempt=10**12)

    assert len(str(key)) <= LONGEST_KEY


@pytest.mark.parametrize(
    ("tenant", "purpose", "row", "attempt"),
    [
        ("", "deposit", "1", 1),
        ("taller", "", "1", 1),
        ("taller", "deposit", "", 1),
        ("taller", "deposit", "1:2", 1),
        ("taller", "de posit", "1", 1),
        ("Taller", "deposit", "1", 1),
        ("taller", "deposit", "a" * 64, 1),
        ("taller", "deposit", "1\n", 1),
        ("taller", "deposit", "1", 0),
    ],
)
def test_payment_key_refuses_parts_that_could_meet_another(tenant, purpose, row, attempt):
    with pytest.raises(ValueError, match="no key of a payment"):
        PaymentKey(tenant=tenant, purpose=purpose, row=row, attempt=attempt)


def test_final_states_are_those_where_no_money_can_arrive():
    assert {state for state in PaymentState if state.is_final} == {
        PaymentState.PAID,
        PaymentState.SAVED,
        PaymentState.FAILED,
        PaymentState.CLOSED,
    }
