"""Prices of several services at once: all or nothing, and nobody's change is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.selectors.log import list_changes
from kernel.money import PriceKind
from scheduling.enums import CatalogNoun
from scheduling.errors import Archived, ServiceNotFound, SetupInvalid
from scheduling.models import Service
from scheduling.selectors.catalog.entries import get_service_entry
from scheduling.services.catalog.batches.prices import CHANGED, GONE, PriceLine, change_prices, set_online
from scheduling.services.catalog.door import archive
from scheduling.services.catalog.services import NOUN, change_service
from tests.factories.scheduling import NOW, make_shop

GHOST = 99_999


def read(service_id):
    return get_service_entry(service_id=service_id, now=NOW)


def line(service_id: int, price_minor: int | None, **values) -> PriceLine:
    entry = read(service_id)
    return PriceLine(
        **{
            "service_id": service_id,
            "version": entry.version,
            "price_minor": price_minor,
            "price_kind": PriceKind.ON_REQUEST if price_minor is None else PriceKind.FIXED,
            **values,
        }
    )


@pytest.fixture
def pair(tenant) -> tuple[int, int]:
    return make_shop(price_minor=10_000)[0], make_shop(price_minor=20_000)[0]


@pytest.mark.parametrize("count", [1, 2])
def test_what_did_not_change_costs_no_query_of_its_own(olga, pair, django_assert_num_queries, count):
    lines = [line(each, (10_000, 20_000)[number]) for number, each in enumerate(pair[:count])]

    with django_assert_num_queries(6):  # savepoint and its release; services, requirements, names, lengths
        change_prices(lines=lines, by=olga, now=NOW)


def test_what_differs_is_saved_and_logged_once(olga, pair):
    one, other = pair

    versions = change_prices(
        lines=[line(one, None), line(other, 25_000, price_kind=PriceKind.FROM, duration_minutes=90)], by=olga, now=NOW
    )

    setups = [read(each).setup for each in pair]
    assert [(each.price_minor, each.is_price_from, each.duration_minutes) for each in setups] == [
        (None, False, 60), (25_000, True, 90),
    ]  # fmt: skip
    assert versions == {one: 2, other: 2}
    (change,) = list_changes(noun=CatalogNoun.SERVICE, row_id=other, after_version=1)
    assert (change.user_id, {field.name for field in change.fields}) == (
        olga.user_id, {"price_minor", "price_kind", "duration_minutes"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"price_minor": -1}, "price_minor"),
        ({"price_minor": 10**16}, "price_minor"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"duration_minutes": 100_000}, "duration_minutes"),
        ({"price_minor": None, "price_kind": PriceKind.FROM}, "price_minor"),
    ],
)
def test_one_wrong_line_saves_nothing(olga, pair, wrong, field):
    one, other = pair
    before = [read(each) for each in pair]

    with pytest.raises(SetupInvalid) as refused:
        change_prices(lines=[line(one, 12_000), replace(line(other, 5), **wrong)], by=olga, now=NOW)

    assert list(refused.value.errors) == [f"{other}.{field}"]
    assert [read(each) for each in pair] == before


def test_a_price_that_somebody_else_changed_is_told(olga, max_, pair):
    one, other = pair
    seen = [line(one, 11_000), line(other, 22_000)]
    change_prices(lines=[line(other, 21_000)], by=max_, now=NOW)

    with pytest.raises(SetupInvalid) as refused:
        change_prices(lines=seen, by=olga, now=NOW)

    assert refused.value.errors == {f"{other}.price_minor": (CHANGED,)}
    assert [read(each).setup.price_minor for each in pair] == [10_000, 21_000]


def test_what_somebody_else_changed_beside_the_price_stays(olga, max_, pair):
    seen = line(pair[0], 11_000)
    entry = read(pair[0])
    setup = replace(entry.setup, description="Con lavado")
    change_service(service_id=pair[0], setup=setup, version=entry.version, by=max_, now=NOW)

    change_prices(lines=[seen], by=olga, now=NOW)

    after = read(pair[0]).setup
    assert (after.price_minor, after.description) == (11_000, "Con lavado")


def test_what_is_archived_or_unknown_is_told(olga, pair):
    archive(NOUN, pair[0], version=None, by=olga, now=NOW)

    with pytest.raises(SetupInvalid) as refused:
        change_prices(lines=[line(pair[0], 1), replace(line(pair[1], 1), service_id=GHOST)], by=olga, now=NOW)

    assert refused.value.errors == {f"{pair[0]}.price_minor": (GONE,), f"{GHOST}.price_minor": (GONE,)}


def test_the_switch_saves_once(olga, pair):
    versions = [set_online(service_id=pair[0], is_online=False, by=olga, now=NOW) for _ in range(2)]

    assert (versions, Service.objects.get(pk=pair[0]).is_online) == ([2, 2], False)


def test_the_switch_needs_a_service_in_use(olga, pair):
    archive(NOUN, pair[0], version=None, by=olga, now=NOW)

    with pytest.raises(Archived):
        set_online(service_id=pair[0], is_online=False, by=olga, now=NOW)
    with pytest.raises(ServiceNotFound):
        set_online(service_id=GHOST, is_online=False, by=olga, now=NOW)
    assert Service.objects.get(pk=pair[0]).is_online is True
