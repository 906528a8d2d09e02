"""Which catalog a business's customers read."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.utils import translation
from django.utils.translation import gettext

from edge.language import current_language, find_tongue
from tenants.types import BusinessProfile


@dataclass(frozen=True)
class Business:
    vertical: str
    profile: BusinessProfile = field(default_factory=BusinessProfile)


@pytest.mark.parametrize(
    ("vertical", "language", "tongue"),
    [
        ("clinic", "es", "es-formal"), ("clinic", "en", "en"), ("salon", "es", "es"), ("automotive", "es", "es"),
        ("gone", "es", "es"),
    ],
)  # fmt: skip
def test_a_formal_trade_has_a_catalog_of_its_own(vertical, language, tongue):
    assert find_tongue(language, Business(vertical)) == tongue


@pytest.mark.parametrize(("tone", "tongue"), [("formal", "es-formal"), ("informal", "es")])
def test_what_a_business_chose_comes_before_its_trade(tone, tongue):
    assert find_tongue("es", Business("clinic", BusinessProfile(tone=tone))) == tongue
    assert find_tongue("es", Business("salon", BusinessProfile(tone=tone))) == tongue


def test_nobody_s_page_is_in_the_plain_language():
    assert find_tongue("es", None) == "es"


def test_a_formal_catalog_changes_what_addresses_somebody_and_nothing_else():
    with translation.override("es-formal"):
        assert (gettext("Your appointment"), gettext("Continue")) == ("Su cita", "Continuar")
        assert current_language() == "es"
    with translation.override("es"):
        assert gettext("Your appointment") == "Tu cita"
