"""What is counted in a checkout; each figure has one definition, whatever the layout."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools.house.graphs import list_arrows, list_child_arrows, list_circles
from devtools.house.reading import House, Module, read_house, resolve_source

FOLDERS = ("scheduling.services", "web.workspace", "devtools")
"""Big shelves, counted besides the rooms."""
WISH = "Wish"
CARRIERS = ("SlotRequest", "AvailabilityQuery")
"""Types that ask with a wish; before there was one, they spelled its fields themselves."""
WISH_FIELDS = {
    "service_id", "service_ids", "further_service_ids", "add_on_ids", "resource_id", "resource_ids", "location_id",
    "party_size", "arrival_mode",
}  # fmt: skip
"""Which services, extras, people, party, and where."""
SERVICE_FIELDS = ("cancel_cutoff_minutes", "booking_window_days", "minimum_notice_minutes")
"""Columns of a service whose spread is counted."""
TEMPLATE_SUFFIXES = {".html", ".txt", ".js"}
TOOLS = "platform/devtools/"
_ITSELF = "platform/devtools/house/"
_WORD = re.compile(r"[\w.]+")


@dataclass(frozen=True, slots=True)
class FolderFigures:
    """A room or a big shelf.

    Attributes:
        files: How many files hold code; an ``__init__`` counts when it does.
        lines: The lines of these files.
        arrows: Distinct imports between two of its files.
        child_arrows: Distinct imports between two of its children: its folders, and the files beside them.
    """

    files: int
    lines: int
    arrows: int
    child_arrows: int


@dataclass(frozen=True, slots=True)
class Long:
    """The longest of something and how many lines it has."""

    place: str
    lines: int


@dataclass(frozen=True, slots=True)
class Telling:
    """How scheduling and notifications speak with each other.

    Attributes:
        down: Imports of a notifications file by a scheduling file.
        up: Imports of a scheduling file by a notifications file.
        tells: Calls of notifications in scheduling whose answer nobody uses.
        asks: Calls whose answer is used: control comes back with it.
        mentions: How often notifications names a booking: in names and in words of code, not in prose.
    """

    down: int
    up: int
    tells: int
    asks: int
    mentions: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is counted; circles and places are listed, not only counted."""

    folders: Mapping[str, FolderFigures]
    file_circles: Sequence[Sequence[str]]
    folder_circles: Sequence[Sequence[str]]
    room_circles: Sequence[Sequence[str]]
    longest_files: Sequence[Long]
    longest_functions: Sequence[Long]
    fullest_folders: Mapping[str, int]
    wish_places: Sequence[str]
    field_places: Mapping[str, Sequence[str]]
    telling: Telling


def compute_figures(root: Path) -> Figures:
    """Count everything in the checkout at ``root``.

    Raises:
        DevtoolsError: There is no checkout.
    """
    house = read_house(root)
    rooms = sorted({module.room for module in house.values()})
    packages = [name for name, module in house.items() if module.is_package]
    return Figures(
        folders={name: _count_folder(house, name) for name in (*FOLDERS, *rooms) if name in house},
        file_circles=list_circles((name, other) for name, each in house.items() for other in each.imports),
        folder_circles=[circle for name in packages for circle in list_circles(list_child_arrows(house, name))],
        room_circles=list_circles(_list_room_arrows(house)),
        longest_files=sorted(
            (Long(str(each.place), each.lines) for each in house.values()), key=lambda each: -each.lines
        ),
        longest_functions=sorted(_measure_functions(house), key=lambda each: -each.lines),
        fullest_folders=dict(Counter(_list_filled(house)).most_common()),
        wish_places=sorted(_list_wishes(house)),
        field_places={field: _list_spellings(root, house, field) for field in SERVICE_FIELDS},
        telling=_count_telling(house),
    )


def _count_folder(house: House, folder: str) -> FolderFigures:
    files = [each for name, each in house.items() if name == folder or name.startswith(f"{folder}.")]
    filled = [each for each in files if _has_code(each)]
    return FolderFigures(
        files=len(filled),
        lines=sum(each.lines for each in filled),
        arrows=len(list_arrows(house, folder)),
        child_arrows=len(list_child_arrows(house, folder)),
    )


def _has_code(module: Module) -> bool:
    return any(not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) for node in module.tree.body)


def _list_filled(house: House) -> Iterator[str]:
    return (str(each.place.parent) for each in house.values() if not each.is_package)


def _list_room_arrows(house: House) -> Iterator[tuple[str, str]]:
    for module in house.values():
        for other in module.imports:
            one, two = _room(module.name), _room(other)
            if one != two:
                yield one, two


def _room(name: str) -> str:
    # Packs, contract and registry are rooms of their own floor; settings are read from below, entry points are not.
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] in {"verticals", "config"} else parts[0]


def _measure_functions(house: House) -> Iterator[Long]:
    for module in house.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Long(f"{module.place}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)


def _list_wishes(house: House) -> Iterator[str]:
    homes = {
        (name, node.name)
        for name, module in house.items()
        for node in module.tree.body
        if isinstance(node, ast.ClassDef) and node.name in (WISH, *CARRIERS)
    }
    for name, module in house.items():
        calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
        for call in calls:
            called = _name_of(call.func)
            is_spelled = called in CARRIERS and WISH_FIELDS & {keyword.arg for keyword in call.keywords}
            if (called == WISH or is_spelled) and (name, called) not in homes:
                yield f"{module.place}:{call.lineno} {called}"


def _name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _list_spellings(root: Path, house: House, field: str) -> list[str]:
    word = re.compile(rf"\b{field}\b")
    paths = [root / module.place for module in house.values()]
    paths += [
        path
        for folder in (root / "templates", root / "platform")
        for path in folder.rglob("*")
        if path.suffix in TEMPLATE_SUFFIXES
    ]
    places = {path.relative_to(root).as_posix(): path for path in paths}
    return sorted(
        place
        for place, path in places.items()
        if not place.startswith(_ITSELF) and word.search(path.read_text(encoding="utf-8"))
    )


def _count_telling(house: House) -> Telling:
    scheduling = [each for each in house.values() if each.room == "scheduling"]
    notifications = [each for each in house.values() if each.room == "notifications"]
    calls = [is_used for module in scheduling for is_used in _list_calls(module, "notifications")]
    return Telling(
        down=sum(other.startswith("notifications") for module in scheduling for other in module.imports),
        up=sum(other.startswith("scheduling") for module in notifications for other in module.imports),
        tells=calls.count(False),
        asks=calls.count(True),
        mentions=sum("booking" in name.lower() for module in notifications for name in _list_names(module)),
    )


def _list_calls(module: Module, room: str) -> Iterator[bool]:
    """Yield, for each call of a function of ``room``, whether its answer is used; making a value is no call."""
    package = module.name if module.is_package else module.name.rpartition(".")[0]
    imported = {
        alias.asname or alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and resolve_source(node, package).split(".")[0] == room
        for alias in node.names
    }
    ignored = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        first = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        if _name_of(first) in imported and not _name_of(node.func)[:1].isupper():
            yield id(node) not in ignored


def _list_names(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Constant(value=str(word)) if _WORD.fullmatch(word):
                yield word
