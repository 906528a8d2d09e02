"""The table of plans: read strictly, and what it says today."""

from __future__ import annotations

from itertools import pairwise

import pytest

from billing.enums import PlanFeature, PlanLimit
from billing.selectors.plans import get_plans, read_plans

TABLE = """
trial_days = 30
trial_plan = "a"
months_per_year = 10
fallback_currency = "USD"
[[plans]]
key = "a"
names = { es = "A", en = "A" }
monthly_minor = { USD = 100 }
limits = { people = 1 }
features = ["page"]
"""


def test_prices_of_today():
    table = get_plans()

    assert [(plan.key, dict(plan.monthly_minor)) for plan in table.plans] == [
        ("free", {"MXN": 0, "EUR": 0, "USD": 0}),
        ("shop", {"MXN": 399_00, "EUR": 19_00, "USD": 22_00}),
        ("pro", {"MXN": 899_00, "EUR": 42_00, "USD": 49_00}),
    ]
    assert [dict(plan.limits) for plan in table.plans] == [
        {PlanLimit.PEOPLE: 1, PlanLimit.MONTHLY_BOOKINGS: 40}, {PlanLimit.PEOPLE: 8}, {},
    ]  # fmt: skip
    assert (table.trial_days, table.trial_plan, table.currencies) == (30, "shop", ("MXN", "EUR", "USD"))


def test_year_costs_ten_months():
    table = get_plans()

    assert [table.get_yearly_minor(plan, "MXN") for plan in table.plans] == [0, 3_990_00, 8_990_00]


def test_every_plan_has_a_name_in_both_languages_and_what_the_cheaper_one_has():
    plans = get_plans().plans

    assert [set(plan.names) for plan in plans] == [{"es", "en"}] * len(plans)
    assert [cheap.features <= dear.features for cheap, dear in pairwise(plans)] == [True, True]


def test_a_table_is_read():
    (plan,) = read_plans(TABLE).plans

    assert (plan.key, dict(plan.limits), plan.features) == ("a", {PlanLimit.PEOPLE: 1}, {PlanFeature.PAGE})


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("USD = 100", "USD = 1.5"),
        ("USD = 100", "USD = -1"),
        ("USD = 100", "USD = true"),
        ("USD = 100", "EUR = 100"),
        ("people = 1", "horses = 1"),
        ("people = 1", 'people = "1"'),
        ('"page"', '"magic"'),
        ('trial_plan = "a"', 'trial_plan = "b"'),
        ("trial_days = 30", ""),
        ("trial_days = 30", "trial_days = 30\nmore = 1"),
        ('key = "a"', 'key = "a"\nmore = 1'),
        ('names = { es = "A", en = "A" }', ""),
        ("[[plans]]", "[[other]]"),
    ],
)
def test_what_is_no_table_is_refused(part, instead):
    assert part in TABLE

    with pytest.raises(ValueError, match=r"."):
        read_plans(TABLE.replace(part, instead))


def test_every_plan_has_the_same_currencies():
    second = TABLE[TABLE.index("[[plans]]") :].replace('"a"', '"b"').replace("USD = 100", "USD = 1, MXN = 1")

    with pytest.raises(ValueError, match="the same currencies"):
        read_plans(TABLE + second)
