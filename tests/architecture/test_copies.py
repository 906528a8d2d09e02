"""Every table is in the copies of a business, or its room says why not."""

from __future__ import annotations

from django.apps import apps

from config.environment import ROOT
from kernel.personal import BACKUPS_KEPT, NotPersonal
from tenants.hooks import _export_rules, get_export_rule, list_inventory, list_left_behind
from tenants.models import Domain, Tenant
from tenants.services.copies.documents import list_tenant_models
from tenants.services.copies.shared import list_public_models, list_shared_models

LEAST_WORDS = 4
BY_NAME = {Tenant, Domain}
"""The business itself, which no column ``schema_name`` leads to."""


def test_every_table_of_the_platform_travels_or_says_why_not():
    travels = {*list_shared_models(), *BY_NAME}
    left = list_left_behind()
    undeclared = [
        model._meta.label for model in list_public_models() if model not in travels and model._meta.label not in left
    ]

    assert undeclared == []
    assert {model._meta.label for model in list_shared_models()} == {
        "tenants.DueWork", "notifications_public.TextedNumber",
    }  # fmt: skip


def test_what_is_left_behind_is_there_and_has_a_reason():
    public = {model._meta.label for model in list_public_models()}

    left = list_left_behind()
    assert set(left) <= public
    assert "audit_public.PlatformEntry" in left
    told = {model: left.get(reason.removeprefix("as "), reason) for model, reason in left.items()}
    assert {model: reason for model, reason in told.items() if len(reason.split()) < LEAST_WORDS} == {}


def test_public_models_are_found():
    labels = {model._meta.label for model in list_public_models()}

    assert {"tenants.Tenant", "audit_public.PlatformEntry"} <= labels
    assert labels & {model._meta.label for model in apps.get_app_config("scheduling").get_models()} == set()


def test_every_secret_of_a_business_stays_out_of_exports():
    inventory = {table.model: table for table in list_inventory()}
    leaking = []
    for model in list_tenant_models():
        rule, table = get_export_rule(model._meta.label), inventory[model._meta.label]
        secrets = {*table.other.get(NotPersonal.SECRET, ()), *({"password"} & set(table.columns))}
        if not rule.left_out and secrets - set(rule.without):
            leaking.append(model._meta.label)

    assert leaking == []


def test_rules_of_exports_name_tables_and_columns_that_are_there():
    models = {model._meta.label: model for model in list_tenant_models()}

    unknown = {
        label: set(rule.without) - {field.column for field in models[label]._meta.concrete_fields}
        for label, rule in _export_rules.items()
    }
    assert {label for label, columns in unknown.items() if columns} == set()
    assert {"scheduling.Booking", "accounts.User"} <= {label for label, rule in _export_rules.items() if rule.without}


def test_how_long_backups_are_kept_is_written_once_and_told_as_it_is():
    sources = [path for room in ("platform", "scheduling", "tenants") for path in (ROOT / room).rglob("*.py")]
    days = BACKUPS_KEPT.days

    found = [path.name for path in sources if f"timedelta(days={days})" in path.read_text()]
    page = (ROOT / "templates" / "workspace" / "closing" / "page.html").read_text()

    assert found == ["personal.py"]
    assert f"go within {days} days more." in page
