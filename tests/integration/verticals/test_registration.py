"""A process that has started knows our packs, and every icon that they name exists."""

from __future__ import annotations

import pytest
from django.apps import apps
from lucide import IconDoesNotExist
from lucide.templatetags.lucide import lucide

from verticals.contract import Vertical
from verticals.registry import get_vertical, list_verticals


def test_packs_register_themselves_at_start_up() -> None:
    assert [vertical.key for vertical in list_verticals()][:3] == ["automotive", "salon", "clinic"]
    assert {config.label for config in apps.get_app_configs() if config.name.startswith("verticals.")} == {
        "vertical_automotive",
        "vertical_salon",
        "vertical_clinic",
    }


def _list_icons(vertical: Vertical) -> list[str]:
    icons = [vertical.icon, *(state.icon for state in vertical.board_states)]
    icons += [vertical.asset.icon] if vertical.asset else []
    icons += [mode.icon for mode in vertical.intake.arrival_modes]
    return icons + [choice.icon for choice in vertical.intake.symptoms if choice.icon]


@pytest.mark.parametrize("key", ["automotive", "salon", "clinic"])
def test_icons_exist(key: str) -> None:
    for icon in _list_icons(get_vertical(key)):
        assert "<svg" in lucide(icon)


def test_a_missing_icon_would_be_noticed() -> None:
    with pytest.raises(IconDoesNotExist):
        lucide("no-such-icon")
