"""Reading JSON strictly: a key or word that is not understood is refused, with the place where it stands."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Final, TypeVar

from devtools.replay.cases import UnsupportedScenarioError
from kernel.instants import is_mid_minute, to_minutes
from kernel.iso import NotIso, ZoneMissing, parse_date, parse_instant

WALL_TIME: Final = re.compile(r"(\d{1,2}):([0-5]\d)")

T = TypeVar("T")


class Fields:
    """A JSON object that is taken apart key by key and must end up empty."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, dict):
            raise UnsupportedScenarioError(where=where)
        self._left: dict[str, object] = dict(data)
        self._where = where

    def take(self, key: str, read: Callable[[object, str], T]) -> T:
        """Take out a key that must be there."""
        where = f"{self._where}.{key}"
        if key not in self._left:
            raise UnsupportedScenarioError(where=f"{where} is missing")
        return read(self._left.pop(key), where)

    def find(self, key: str, read: Callable[[object, str], T]) -> T | None:
        """Take out a key; None when it is absent or null."""
        if self._left.get(key) is None:
            self._left.pop(key, None)
            return None
        return self.take(key, read)

    def has(self, key: str) -> bool:
        """Tell whether a key is still there, and not null."""
        return self._left.get(key) is not None

    def finish(self) -> None:
        """Refuse what nobody took out."""
        if self._left:
            raise UnsupportedScenarioError(where=f"{self._where}.{min(self._left)}")


def read_time_off(data: object, where: str) -> tuple[int, int]:
    """Read two instants: a period in minutes since 1970, UTC."""
    return _read_pair(data, where, read_minute)


def read_wall_period(data: object, where: str) -> tuple[int, int]:
    """Read two wall times: minutes since midnight."""
    return _read_pair(data, where, _read_wall)


def read_wall(data: object, where: str) -> int:
    """Read one wall time: minutes since midnight."""
    return _read_wall(data, where)


def _read_pair(data: object, where: str, read: Callable[[object, str], int]) -> tuple[int, int]:
    try:
        first, second = read_list(data, where)
    except ValueError as error:
        raise UnsupportedScenarioError(where=where) from error
    return read(first, where), read(second, where)


def _read_wall(data: object, where: str) -> int:
    found = WALL_TIME.fullmatch(read_text(data, where))
    if found is None:
        raise UnsupportedScenarioError(where=f"{where}: {data}")
    return int(found[1]) * 60 + int(found[2])


def read_instant(data: object, where: str) -> datetime:
    """Read an instant with its zone, as UTC."""
    try:
        return parse_instant(read_text(data, where))
    except ZoneMissing as error:
        raise UnsupportedScenarioError(where=f"{where}: {data} has no zone") from error
    except NotIso as error:
        raise UnsupportedScenarioError(where=f"{where}: {data}") from error


def read_minute(data: object, where: str) -> int:
    """Read an instant that is a whole minute, as minutes since 1970, UTC."""
    instant = read_instant(data, where)
    if is_mid_minute(instant):
        raise UnsupportedScenarioError(where=f"{where}: {data} is not a whole minute")
    return to_minutes(instant)


def read_date(data: object, where: str) -> date:
    """Read a date."""
    try:
        return parse_date(read_text(data, where))
    except NotIso as error:
        raise UnsupportedScenarioError(where=f"{where}: {data}") from error


def read_text(data: object, where: str) -> str:
    """Read text."""
    if not isinstance(data, str):
        raise UnsupportedScenarioError(where=where)
    return data


def read_number(data: object, where: str) -> int:
    """Read a whole number."""
    if not isinstance(data, int) or isinstance(data, bool):
        raise UnsupportedScenarioError(where=where)
    return data


def read_flag(data: object, where: str) -> bool:
    """Read true or false."""
    if not isinstance(data, bool):
        raise UnsupportedScenarioError(where=where)
    return data


def read_list(data: object, where: str) -> list[object]:
    """Read a list."""
    if not isinstance(data, list):
        raise UnsupportedScenarioError(where=where)
    return data


def read_object(data: object, where: str) -> dict[str, object]:
    """Read an object."""
    if not isinstance(data, dict):
        raise UnsupportedScenarioError(where=where)
    return data


def read_anything(data: object, _where: str) -> object:
    """Take whatever is there."""
    return data
