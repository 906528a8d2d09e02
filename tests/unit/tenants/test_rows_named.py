"""Rows say in logs and errors which ones they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tenants.models import (
    DueWork,
    FormerAddress,
    OwnDomain,
    SchemaState,
    SchemaTemplate,
    SignUp,
    SpareSchema,
    Tenant,
    TermsAcceptance,
)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (
            DueWork(
                schema_name="t1_taller", kind="reminder", row_id=7, due_at=datetime(2026, 11, 26, 9, 30, 1, tzinfo=UTC)
            ),
            "t1_taller reminder 7 at 2026-11-26 09:30",
        ),
        (FormerAddress(slug="taller-norte"), "taller-norte"),
        (OwnDomain(name="citas.taller.mx"), "citas.taller.mx"),
        (SchemaState(schema_name="t1_taller", state="0123456789abcdef"), "t1_taller 0123456789ab"),
        (SchemaTemplate(state="0123456789abcdef"), "0123456789abcdef"),
        (SignUp(business_name="Taller Ñandú", slug="nandu"), "Taller Ñandú (nandu)"),
        (SpareSchema(schema_name="t9_spare"), "t9_spare"),
        (Tenant(name="Taller Ñandú"), "Taller Ñandú"),
        (TermsAcceptance(document="terms", version="2026-11-27"), "terms 2026-11-27"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_row_says_which_one_it_is(row, name):
    assert str(row) == name
