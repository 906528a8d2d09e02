"""Every column that can hold a person's words is declared in its room: personal, or why it is not."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps
from simple_history.models import HistoricalChanges

from kernel.personal import Erasure, NotPersonal, Subject, TableInventory
from tenants.hooks import list_inventory

WORDLESS = (
    models.AutoField, models.IntegerField, models.BooleanField, models.DateTimeField, models.ForeignKey,
    models.ManyToManyField,
)  # fmt: skip
"""Types that hold no words; texts with closed choices are as harmless. Dates are not: people have birthdays."""
NAMED = (models.EmailField, models.GenericIPAddressField)
INVENTORY = {table.model: table for table in list_inventory()}
MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
ROOMS = (
    "accounts", "api", "audit", "billing", "files", "notifications", "privacy", "recovery", "scheduling", "tenants",
)  # fmt: skip


def list_undeclared(model: type[models.Model], table: TableInventory | None) -> list[str]:
    """The columns that nobody declared; all of them when nobody declared the table."""
    columns = {field.name: field for field in model._meta.concrete_fields}
    wordy = [name for name, each in columns.items() if not isinstance(get_kind(each), WORDLESS) and not each.choices]
    if table is None:
        return [*wordy, "the table"]
    return [name for name in wordy if name not in table.columns]


def get_kind(field: models.Field) -> models.Field:
    return field.output_field if isinstance(field, models.GeneratedField) else field


def get_room(label: str) -> str:
    """The room of a table; accounts answers for those of Django and allauth."""
    room = MODELS[label].__module__.split(".")[0]
    return room if room in ROOMS else "accounts"


@pytest.mark.parametrize("label", sorted(MODELS))
def test_every_column_is_declared(label):
    assert list_undeclared(MODELS[label], INVENTORY.get(label)) == []


def test_undeclared_columns_would_be_found():
    with isolate_apps("scheduling"):

        class Visitor(models.Model):
            name = models.TextField()
            address = models.GenericIPAddressField()
            mail = models.EmailField()
            answers = models.JSONField()
            born_on = models.DateField()
            photo = models.FileField()
            fingerprint = models.BinaryField()
            weight = models.FloatField()
            status = models.CharField(max_length=8, choices=[("a", "A")])
            number = models.PositiveIntegerField()
            seen_at = models.DateTimeField()
            seen_minute = models.GeneratedField(
                expression=models.F("number"), output_field=models.IntegerField(), db_persist=True
            )
            initial = models.GeneratedField(
                expression=models.F("name"), output_field=models.TextField(), db_persist=True
            )

            class Meta:
                app_label = "scheduling"

            def __str__(self) -> str:
                return self.name

    wordy = ["name", "address", "mail", "answers", "born_on", "photo", "fingerprint", "weight", "initial"]
    assert list_undeclared(Visitor, TableInventory("scheduling.Visitor")) == wordy
    assert list_undeclared(Visitor, None) == [*wordy, "the table"]
    declared = TableInventory("scheduling.Visitor", other={NotPersonal.CODE: tuple(wordy)})
    assert list_undeclared(Visitor, declared) == []


def test_nothing_is_declared_that_does_not_exist():
    stale = {
        label: sorted(set(table.columns) - {each.name for each in MODELS[label]._meta.concrete_fields})
        for label, table in INVENTORY.items()
        if label in MODELS
    }

    assert INVENTORY.keys() - MODELS.keys() == set()
    assert {label: names for label, names in stale.items() if names} == {}


def test_each_room_declares_its_own_tables():
    declared = {
        room: {table.model for table in importlib.import_module(f"{room}.personal").INVENTORY} for room in ROOMS
    }

    owned = {room: {label for label in MODELS if get_room(label) == room} for room in ROOMS}
    assert declared == owned
    assert set().union(*declared.values()) == MODELS.keys()


def test_addresses_are_personal_or_the_business_own():
    careless = [
        f"{label}.{each.name}"
        for label, model in MODELS.items()
        for each in model._meta.concrete_fields
        if isinstance(each, NAMED)
        and each.name not in INVENTORY[label].personal
        and each.name not in INVENTORY[label].other.get(NotPersonal.BUSINESS, ())
    ]

    assert careless == []
    assert INVENTORY["scheduling.Location"].other[NotPersonal.BUSINESS] == (
        "name", "address", "phone", "email", "map_url", "what_to_bring",
    )  # fmt: skip


def test_history_says_the_same_as_its_table():
    histories = {label: model for label, model in MODELS.items() if issubclass(model, HistoricalChanges)}

    assert histories.keys() == {"scheduling.HistoricalBooking", "scheduling.HistoricalCustomer"}
    for label in histories:
        kept = {field.name for field in MODELS[label]._meta.concrete_fields}
        table = INVENTORY[label.replace("Historical", "")].personal
        now = {name: column for name, column in table.items() if name in kept}
        then = dict(INVENTORY[label].personal)
        assert then.pop("history_change_reason").erasure is Erasure.BLANK
        assert then == now


def test_what_becomes_empty_may_be_empty():
    """A column that is erased to nothing takes nothing; otherwise a stand-in is needed."""
    strict = [
        f"{label}.{name}"
        for label, table in INVENTORY.items()
        for name, column in table.personal.items()
        if column.erasure is Erasure.BLANK and MODELS[label]._meta.get_field(name).unique
    ]

    assert strict == []


def test_all_that_a_customer_leaves_is_reached():
    leaves = {
        label: {column.subject for column in table.personal.values()} & {Subject.CUSTOMER, Subject.ANYONE}
        for label, table in INVENTORY.items()
    }

    assert {label for label, subjects in leaves.items() if subjects} == {
        "scheduling.Customer", "scheduling.Contact", "scheduling.Consent", "scheduling.Asset", "scheduling.AssetMark",
        "scheduling.AssetDue",
        "scheduling.Booking", "scheduling.BookingSearch", "scheduling.CustomerSearch",
        "scheduling.HistoricalBooking", "scheduling.HistoricalCustomer", "scheduling.Feedback",
        "scheduling.ConversationLine", "scheduling.VisitNote", "scheduling.DataRequest",
        "scheduling.CustomerMerge", "scheduling.WaitlistEntry", "scheduling.VisitsLink", "scheduling.ImportRow",
        "scheduling.ImportPiece",
        "notifications.Message", "notifications_public.Message", "notifications.Event",
        "api.IdempotentAnswer",
        "tenants.DueWork", "tenants.LimitCount", "tenants.Tombstone", "notifications_public.ContactCode",
        "notifications_public.TextedNumber",
        "accounts.Session", "files.StoredFile", "privacy.PersonRequest", "privacy.PersonRequestStep",
        "privacy.PersonExport", "privacy.BlockedPerson", "privacy.BlockedLook",
        "billing.DisputeAnswer", "billing.InvoiceWish", "billing.Payment", "billing.Refund", "billing.SavedMethod",
    }  # fmt: skip
