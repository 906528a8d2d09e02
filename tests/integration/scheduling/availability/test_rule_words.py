"""Whoever asks why a time is not offered reads which limit is reached."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from scheduling.engine import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.selectors.availability.explanations import explain_start, tell_customers
from scheduling.types import SlotRequest
from tests.factories.scheduling import MONDAY, NOW, make_rule, make_shop, make_wish


@pytest.mark.parametrize(
    ("period", "limit", "measure", "english", "spanish"),
    [
        (
            RulePeriod.DAY, 0, Measure.BOOKINGS,
            "At most 0 appointments are taken per day.", "Se toman máximo 0 citas por día.",
        ),
        (
            RulePeriod.MOMENT, 0, Measure.SEATS,
            "At most 0 people are taken at the same time.", "Se reciben máximo 0 personas al mismo tiempo.",
        ),
        (
            RulePeriod.WEEK, 1, Measure.MINUTES,
            "At most 1 minute is taken per week.", "Se toma máximo 1 minuto por semana.",
        ),
    ],
)  # fmt: skip
def test_the_limit_is_said_to_staff_and_not_to_customers(tenant, period, limit, measure, english, spanish):
    service_id, _ = make_shop()
    make_rule(RuleScope.TENANT, period, limit, measure)
    said = []

    for language in ("en", "es"):
        with override(language):
            (reason,) = explain_start(request=SlotRequest(make_wish(service_id), MONDAY), now=NOW)
            said.append((reason.text, tell_customers([reason])))

    assert [(english in text, spanish in text) for text, _ in said] == [(True, False), (False, True)], said
    assert [told for _, told in said] == [
        {"rule_full": "A capacity limit is reached."}, {"rule_full": "Se alcanzó un límite de cupo."},
    ]  # fmt: skip
