"""The registry: one pack per key, third parties' packs found lazily and never fatal."""

from __future__ import annotations

import logging
from dataclasses import replace
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from verticals import registry
from verticals.contract import Vertical, VerticalBroken, VerticalUnknown
from verticals.salon.vertical import VERTICAL as SALON

VETS = replace(SALON, key="vets")
BROKEN = replace(SALON, key="broken", icon="")
IMPOSTOR = replace(SALON, name="Another salon")


@pytest.fixture(autouse=True)
def _fresh_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_verticals", {})
    monkeypatch.setattr(registry, "_loaded_groups", set())
    _publish(monkeypatch)


def _publish(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Pretend that installed packages have these entry points, all pointing into this module."""
    points = EntryPoints(
        EntryPoint(name=name.lower(), value=f"{__name__}:{name}", group=registry.ENTRY_POINT_GROUP) for name in names
    )
    module = {"VETS": VETS, "BROKEN": BROKEN, "IMPOSTOR": IMPOSTOR, "TEXT": "no pack"}
    monkeypatch.setattr(registry, "entry_points", lambda *, group: points.select(group=group))
    monkeypatch.setattr(EntryPoint, "load", lambda point: module[point.value.split(":")[1]])


def test_get_vertical_returns_what_was_registered() -> None:
    registry.register_vertical(SALON)

    assert registry.get_vertical("salon") is SALON


def test_get_vertical_raises_for_an_unknown_key() -> None:
    with pytest.raises(VerticalUnknown) as caught:
        registry.get_vertical("bakery")

    assert caught.value.params == {"key": "bakery"}


def test_register_vertical_twice_keeps_one() -> None:
    registry.register_vertical(SALON)
    registry.register_vertical(SALON)

    assert registry.list_verticals() == (SALON,)


def test_register_vertical_refuses_another_pack_with_the_same_key() -> None:
    registry.register_vertical(SALON)

    with pytest.raises(VerticalBroken, match="another pack has registered it"):
        registry.register_vertical(IMPOSTOR)

    assert registry.get_vertical("salon") is SALON


def test_register_vertical_refuses_a_broken_pack() -> None:
    with pytest.raises(VerticalBroken, match="'broken' breaks the contract"):
        registry.register_vertical(BROKEN)

    assert registry.list_verticals() == ()


def test_list_verticals_finds_third_parties_packs_after_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    _publish(monkeypatch, "VETS")
    registry.register_vertical(SALON)

    assert [vertical.key for vertical in registry.list_verticals()] == ["salon", "vets"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("BROKEN", "icon: '' is not the name of an icon"),
        ("IMPOSTOR", "another pack has registered it"),
        ("TEXT", "it is not a Vertical"),
        ("MISSING", "cannot be imported"),
    ],
)
def test_list_verticals_leaves_a_bad_pack_out_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str, message: str
) -> None:
    _publish(monkeypatch, name, "VETS")
    registry.register_vertical(SALON)

    with caplog.at_level(logging.ERROR, logger="verticals.registry"):
        listed: tuple[Vertical, ...] = registry.list_verticals()

    assert listed == (SALON, VETS)
    assert [message in record.getMessage() for record in caplog.records] == [True]
