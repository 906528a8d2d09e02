"""What a table has about people goes as its room declared; a table that nobody declared is no table to erase in."""

from __future__ import annotations

import pytest

from scheduling.models import Contact, Customer
from tenants.models import Domain
from tenants.services.erasures import columns
from tests.factories.scheduling import NOW


@pytest.fixture
def customer(tenant) -> Customer:
    customer = Customer.objects.create(name="Ana", notes="Alérgica", tags=["vip"], created_at=NOW)
    Contact.objects.create(customer=customer, kind="email", value="ana@example.com")
    return customer


def test_columns_are_blank_and_stand_ins_stand_in(customer):
    columns.erase_columns(Customer.objects.filter(pk=customer.pk), stand_ins={"name": "Nadie"}, locale="en")

    customer.refresh_from_db()
    assert (customer.name, customer.notes, customer.tags, customer.locale) == ("Nadie", "", [], "en")
    assert Customer.history.filter(id=customer.pk, name="Nadie").count() == 0


def test_rows_that_are_all_about_somebody_go(customer):
    columns.erase_columns(Contact.objects.filter(customer=customer))

    assert Contact.objects.filter(customer=customer).count() == 0


def test_stand_in_that_is_missing_changes_nothing(customer):
    with pytest.raises(KeyError, match="name"):
        columns.erase_columns(Customer.objects.filter(pk=customer.pk))

    customer.refresh_from_db()
    assert customer.name == "Ana"


def test_table_that_nobody_declared_is_refused(tenant, monkeypatch):
    monkeypatch.setattr(columns.hooks, "list_inventory", tuple)
    columns._read_declared.cache_clear()

    with pytest.raises(KeyError, match="Domain"):
        columns.erase_columns(Domain.objects.all())

    columns._read_declared.cache_clear()
