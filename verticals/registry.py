"""The packs that are known in this process.

Ours register from their ``AppConfig.ready()``. Third parties' are found as entry points
when a pack is first asked for: a broken one is logged and left out, so that it
can harm only the tenants that use it.
"""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint, entry_points
from threading import Lock

from verticals.contract import Vertical, VerticalBroken, VerticalUnknown, check_vertical

ENTRY_POINT_GROUP = "turnero.verticals"

_logger = logging.getLogger(__name__)
_lock = Lock()
_verticals: dict[str, Vertical] = {}
_loaded_groups: set[str] = set()


def register_vertical(vertical: Vertical) -> None:
    """Make a pack known; registering the same object again changes nothing.

    Raises:
        VerticalBroken: It does not keep the contract, or its key belongs to another pack.
    """
    check_vertical(vertical)
    known = _verticals.setdefault(vertical.key, vertical)
    if known is not vertical:
        raise VerticalBroken(key=vertical.key, problems=("key: another pack has registered it",))


def get_vertical(key: str) -> Vertical:
    """Return the pack with this key.

    Raises:
        VerticalUnknown: There is none.
    """
    _load_entry_points()
    try:
        return _verticals[key]
    except KeyError as error:
        raise VerticalUnknown(key=key) from error


def list_verticals() -> tuple[Vertical, ...]:
    """Return all packs in the order in which they were registered: ours first."""
    _load_entry_points()
    return tuple(_verticals.values())


def _load_entry_points() -> None:
    if ENTRY_POINT_GROUP in _loaded_groups:
        return
    with _lock:
        if ENTRY_POINT_GROUP in _loaded_groups:
            return
        for entry_point in entry_points(group=ENTRY_POINT_GROUP):
            _load_entry_point(entry_point)
        _loaded_groups.add(ENTRY_POINT_GROUP)


def _load_entry_point(entry_point: EntryPoint) -> None:
    try:
        vertical = entry_point.load()
    except Exception:  # foreign code runs here and may raise anything
        _logger.exception("vertical %s cannot be imported and is left out", entry_point.value)
        return
    if not isinstance(vertical, Vertical):
        _logger.error("vertical %s is left out: it is not a Vertical but %r", entry_point.value, type(vertical))
        return
    try:
        register_vertical(vertical)
    except VerticalBroken as error:
        _logger.error("vertical %s is left out: %s", entry_point.value, error)  # noqa: TRY400 - the message says it all
