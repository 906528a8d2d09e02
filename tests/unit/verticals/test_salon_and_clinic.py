"""Two more trades through the same plug."""

from __future__ import annotations

from datetime import date

import pytest

from verticals.clinic.fields import BORN_IN_FUTURE
from verticals.clinic.vertical import VERTICAL as CLINIC
from verticals.contract import KitApproval, KitRequirement, Tone
from verticals.contract.asset import TOO_EARLY
from verticals.salon.vertical import VERTICAL as SALON

TODAY = date(2026, 11, 23)


def test_root_color_leaves_the_stylist_free_while_it_takes_effect() -> None:
    color = next(service for service in SALON.starter_kit.services if service.key == "root_color")

    assert color.duration_minutes == 95
    assert color.requirements == (
        KitRequirement("stylist", duration_minutes=30),
        KitRequirement("chair"),
        KitRequirement("assistant", starts_after_minutes=75, duration_minutes=20),
    )


def test_salon_has_a_group_service_and_no_asset() -> None:
    assert [service.seats for service in SALON.starter_kit.services if service.seats] == [6]
    assert SALON.asset is None


def test_clinic_confirms_some_services_by_hand() -> None:
    on_request = [service.key for service in CLINIC.starter_kit.services if service.approval is KitApproval.REQUEST]

    assert on_request == ["specialist", "minor_procedure"]


def test_clinic_speaks_formally() -> None:
    assert CLINIC.tone is Tone.FORMAL
    assert CLINIC.say("question.service", language="es", country="CO") == "¿En qué podemos ayudarle?"


@pytest.mark.parametrize(
    ("year", "errors"),
    [("2026", {}), ("2027", {"birth_year": (BORN_IN_FUTURE,)}), ("1899", {"birth_year": (TOO_EARLY,)})],
)
def test_birth_year_has_begun(year: str, errors: dict[str, tuple[str, ...]]) -> None:
    check = CLINIC.check_asset({"full_name": "Ana Ruiz", "birth_year": year}, today=TODAY, country="CO")

    assert check.errors == errors
