"""One list of rooms and one order of shelves: contracts, pages and tools say the same."""

from __future__ import annotations

import configparser
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain, groupby
from pathlib import Path

import pytest

from config.environment import ROOT

SHELVES = ("services", "selectors", "policies", "models", "hooks", "errors", "types", "enums", "engine")
PAGES = ("README.md", "docs/architecture.md")


def read_contracts() -> dict[str, dict[str, list[str]]]:
    """Contract → option → lines, as ``.importlinter`` has them; the options of the whole under ``""``."""
    parser = configparser.ConfigParser()
    parser.read_string((ROOT / ".importlinter").read_text())
    return {
        name.removeprefix("importlinter").removeprefix(":contract:"): {
            option: value.strip().split("\n") for option, value in parser[name].items()
        }
        for name in parser.sections()
    }


CONTRACTS = read_contracts()
LAYERS = [[name.strip("() ") for name in layer.split("|")] for layer in CONTRACTS["rooms"]["layers"]]
ROOMS = sorted({name.split(".")[0] for name in chain(*LAYERS)})


def write_rooms() -> str:
    """The list of rooms as a person writes it."""
    names = []
    for layer in LAYERS:
        packs = [name for name in layer if name.startswith("verticals.")]
        rooms = [name.split(".")[0] for name in layer if name.startswith("config.")]
        names.append("verticals.*" if len(packs) > 1 else rooms[0] if rooms else " | ".join(layer))
    return " → ".join(name for name, _ in groupby(names))


def find_folder(room: str) -> Path:
    return next(folder for folder in (ROOT / room, ROOT / "platform" / room) if (folder / "__init__.py").is_file())


def list_names(page: str) -> list[str]:
    """The names in the first column of a page's table of rooms, without their shelf."""
    text = (ROOT / page).read_text()
    chapter = re.split(r"^## (?:Map of the rooms|Rooms)\n", text, flags=re.MULTILINE)[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in chapter.splitlines() if line.startswith("| ")]
    names = [name.strip("/").removeprefix("platform/") for cell in cells for name in re.findall(r"`([\w/]+)`", cell)]
    return [name for name in names if name]


def test_list_of_rooms_is_complete():
    folders = [*ROOT.glob("*/__init__.py"), *(ROOT / "platform").glob("*/__init__.py")]

    assert sorted(folder.parent.name for folder in folders) == ROOMS
    assert all(find_folder(room) for room in ROOMS)


def test_tools_are_told_the_same_rooms():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    told = {
        "hatch": pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"],
        "ruff": pyproject["tool"]["ruff"]["lint"]["isort"]["known-first-party"],
        "mypy": pyproject["tool"]["mypy"]["packages"],
        "deptry": pyproject["tool"]["deptry"]["known_first_party"],
        "import-linter": CONTRACTS[""]["root_packages"],
        "circles": CONTRACTS["circles"]["ancestors"],
    }

    assert {tool: sorted(Path(name).name for name in names) for tool, names in told.items()} == dict.fromkeys(
        told, ROOMS
    )


@pytest.mark.parametrize("page", PAGES)
def test_page_says_the_rooms_and_the_shelves_in_the_order_of_the_contracts(page):
    text = (ROOT / page).read_text()

    assert f"`{write_rooms()}`" in text
    assert f"`{' → '.join(SHELVES)}`" in text


@pytest.mark.parametrize("page", PAGES)
def test_page_describes_every_room(page):
    named = {name.split("/")[0] for name in list_names(page)}

    assert set(ROOMS) <= named


def test_architecture_page_describes_the_rooms_from_top_to_bottom():
    order = {name.replace(".", "/"): position for position, layer in enumerate(LAYERS) for name in layer}
    order["config"] = order["config/manage"]

    positions = [order[name] for name in list_names("docs/architecture.md") if name in order]

    assert len(positions) >= len(ROOMS)
    assert positions == sorted(positions)


@pytest.mark.parametrize(
    "contract",
    [name for name, options in CONTRACTS.items() if "containers" in options and options["containers"][0] in ROOMS],
)
def test_shelves_stand_in_one_order(contract):
    layers = [[name.strip("() ") for name in layer.split("|")] for layer in CONTRACTS[contract]["layers"]]

    found = [[SHELVES.index(name) for name in layer if name in SHELVES] for layer in layers]

    assert list(chain(*found)) == sorted(chain(*found))


def test_rooms_with_shelves_have_a_contract():
    shelved = {
        room for room in ROOMS if any((find_folder(room) / shelf).is_dir() for shelf in ("services", "selectors"))
    }

    contracts = {options["containers"][0]: options for options in CONTRACTS.values() if "containers" in options}

    assert len(shelved) >= 6
    assert shelved <= contracts.keys()
    assert all(contracts[room]["exhaustive"] == ["True"] for room in shelved)


def test_models_of_every_room_are_protected():
    rooms = [room for room in ROOMS if list(find_folder(room).glob("models*"))]
    public = [room for room in ROOMS if list(find_folder(room).glob("public/models*"))]

    protected = {
        module: options["allowed_importers"]
        for options in CONTRACTS.values()
        for module in options.get("protected_modules", ())
    }

    named = {f"{room}.models": [room] for room in rooms} | {f"{room}.public.models": [room] for room in public}
    assert protected == named
    assert len(rooms) >= 5


def test_engines_of_every_room_know_no_framework():
    engines = {f"{room}.engine" for room in ROOMS if list(find_folder(room).glob("engine*"))}

    assert len(engines) >= 3
    assert {"kernel", *engines} == set(CONTRACTS["engines"]["source_modules"])


def find_hidden(names: set[str]) -> set[str]:
    """The names that a module of the standard library or of an installed distribution bears too."""
    ours = {"turnero"}
    installed = {name for name, found in packages_distributions().items() if not set(found) <= ours}
    return names & (sys.stdlib_module_names | installed)


def test_no_room_hides_a_module_of_somebody_else():
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    shelf = {path.stem for path in (ROOT / "platform").iterdir() if path.is_dir() or path.suffix == ".py"}

    assert {"scheduling", "kernel"} <= folders | shelf
    assert find_hidden((folders | shelf) - {"__pycache__"}) == set()


def test_hidden_modules_would_be_found():
    assert find_hidden({"redis", "email", "platform", "celery", "scheduling"}) == {
        "redis", "email", "platform", "celery",
    }  # fmt: skip
