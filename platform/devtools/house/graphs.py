"""Arrows and circles: arithmetic on imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from devtools.house.reading import House

Arrow = tuple[str, str]
"""Who imports, and what."""


def list_arrows(house: House, folder: str) -> set[Arrow]:
    """Return the imports between two files that both lie in ``folder``, at any depth; its ``__init__`` is none."""
    inside = {name for name in house if name.startswith(f"{folder}.")}
    return {(name, other) for name in inside for other in house[name].imports & inside}


def list_child_arrows(house: House, folder: str) -> set[Arrow]:
    """Return the imports between two children (files or folders) of ``folder``."""
    depth = folder.count(".") + 1 if folder else 0
    names = ((_cut(one, depth), _cut(other, depth)) for one, other in _list_within(house, folder))
    return {(one, other) for one, other in names if one != other}


def list_circles(arrows: Iterable[Arrow]) -> list[list[str]]:
    """Return what imports itself over others: the strongly connected components of two or more (Tarjan, 1972)."""
    after: dict[str, set[str]] = {}
    for one, other in arrows:
        after.setdefault(one, set()).add(other)
        after.setdefault(other, set())
    return sorted(sorted(group) for group in _list_components(after) if len(group) > 1)


def _list_within(house: House, folder: str) -> Iterator[Arrow]:
    if folder:
        yield from list_arrows(house, folder)
    else:
        yield from ((name, other) for name, module in house.items() for other in module.imports)


def _cut(name: str, depth: int) -> str:
    return ".".join(name.split(".")[: depth + 1])


def _list_components(after: Mapping[str, set[str]]) -> Iterator[list[str]]:
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_names: list[str] = []
    for start in sorted(after):
        # Each entry is a name and what is left to look at; a stack of our own, because imports run deep.
        path = [(start, iter(sorted(after[start])))] if start not in numbers else []
        while path:
            name, rest = path[-1]
            if name not in numbers:
                numbers[name] = lowest[name] = len(numbers)
                open_names.append(name)
            other = next(rest, None)
            if other is None:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[name])
                if lowest[name] == numbers[name]:
                    position = open_names.index(name)
                    yield open_names[position:]
                    del open_names[position:]
            elif other not in numbers:
                path.append((other, iter(sorted(after[other]))))
            elif other in open_names:
                lowest[name] = min(lowest[name], numbers[other])
