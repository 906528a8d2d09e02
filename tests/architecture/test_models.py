"""Every table is public or a tenant's, and nothing points across."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django_linear_migrations.apps import check_max_migration_files, first_party_app_configs

from tests.harness.platform import KEPT, LEFTOVERS

IN_BOTH = {"accounts", "account", "mfa"}


def labels_of(names: list[str]) -> set[str]:
    configured = {config.name: config.label for config in apps.get_app_configs()}
    resolved = {name: configured.get(name) or configured[name.rsplit(".apps.", 1)[0]] for name in names}
    return set(resolved.values())


def test_every_model_is_public_or_tenant():
    public, tenant = labels_of(settings.SHARED_APPS), labels_of(settings.TENANT_APPS)
    models = apps.get_models(include_auto_created=True)

    assert {model._meta.label for model in models if model._meta.app_label not in public | tenant} == set()
    assert {model._meta.app_label for model in models if model._meta.app_label in public & tenant} == IN_BOTH


def test_app_of_public_tables_is_public_and_its_room_a_tenants():
    """A room with tables in both is two apps: in one list each."""
    named = {name for name in [*settings.SHARED_APPS, *settings.TENANT_APPS] if name.endswith(".public")}

    assert named == {"audit.public", "billing.public", "notifications.public", "privacy.public"}
    for name in named:
        room = name.removesuffix(".public")
        assert [name in settings.SHARED_APPS, name in settings.TENANT_APPS] == [True, False]
        assert [room in settings.SHARED_APPS, room in settings.TENANT_APPS] == [False, True]
        assert apps.get_app_config(f"{room}_public").name == name


def test_public_tables_are_emptied_for_each_test_or_kept_by_name():
    """A row that a committed test of one file left would be found by a test of another, in whichever order."""
    shared, tenant = labels_of(settings.SHARED_APPS), labels_of(settings.TENANT_APPS)
    ours = shared - tenant - {"auth", "contenttypes"}
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models if model._meta.app_label in ours}
    emptied = {each.removeprefix("DELETE FROM public.") for each in LEFTOVERS}

    assert tables - emptied - KEPT == set()
    assert (emptied | KEPT) - tables <= {"django_session"}
    assert emptied & KEPT == set()


def test_no_foreign_key_between_public_and_tenant():
    public, tenant = labels_of(settings.SHARED_APPS), labels_of(settings.TENANT_APPS)
    crossing = []
    for model in apps.get_models(include_auto_created=True):
        homes = {name for name, labels in (("public", public), ("tenant", tenant)) if model._meta.app_label in labels}
        for field in model._meta.get_fields():
            if not field.is_relation or not field.concrete or field.related_model is None:
                continue
            label = field.related_model._meta.app_label
            targets = {name for name, labels in (("public", public), ("tenant", tenant)) if label in labels}
            if not homes <= targets and getattr(field, "db_constraint", True):
                crossing.append(f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}")

    assert crossing == []


def test_primary_keys_are_big():
    ours = {config.label for config in apps.get_app_configs() if config.name.split(".")[0] in {
        "tenants", "accounts", "notifications", "scheduling", "billing", "verticals", "audit", "operators", "privacy",
    }}  # fmt: skip
    small = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in ours
        and model._meta.pk.get_internal_type() in {"AutoField", "SmallAutoField", "IntegerField"}
        and not model._meta.label.split(".")[-1].startswith("Historical")
    ]

    assert small == []


def test_migrations_of_an_app_are_one_line():
    """Two branches that both add a migration conflict in ``max_migration.txt`` instead of on a server."""
    ours = {config.label: Path(config.path) for config in first_party_app_configs()}
    migrated = {label for label, path in ours.items() if (path / "migrations" / "__init__.py").is_file()}

    assert {"accounts", "api", "notifications", "scheduling", "tenants"} <= migrated
    assert check_max_migration_files() == []
    assert all((ours[label] / "migrations" / "max_migration.txt").is_file() for label in migrated)
