"""A checkout as modules and the imports between them, whatever its layout; nothing of it is run."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from devtools.errors import DevtoolsError

SHELF = "platform"
_SKIPPED = {"migrations", "__pycache__", "static"}


@dataclass(frozen=True, slots=True)
class Module:
    """One file of Python.

    Attributes:
        name: Its dotted name; a package's ``__init__`` bears the name of the package.
        place: The file, relative to the checkout.
        lines: How many lines it has.
        tree: What it says.
        imports: The names of the modules of the checkout that it imports, wherever in the file.
    """

    name: str
    place: PurePosixPath
    lines: int
    tree: ast.Module
    imports: frozenset[str]

    @property
    def is_package(self) -> bool:
        """Whether this is the ``__init__`` of a folder."""
        return self.place.name == "__init__.py"

    @property
    def room(self) -> str:
        """Its top package."""
        return self.name.split(".", 1)[0]


House = Mapping[str, Module]
"""Dotted name → module."""


def read_house(root: Path) -> House:
    """Read every module of a checkout except tests and migrations.

    Raises:
        DevtoolsError: There is no checkout at ``root``, or a file of it is no Python.
    """
    sources = {_name(path, base): path for base, path in _list_sources(root)}
    if not sources:
        message = f"no package lies in {root}; name a checkout of this project"
        raise DevtoolsError(message)
    modules = {}
    for name, path in sorted(sources.items()):
        text = path.read_text(encoding="utf-8")
        try:
            tree = ast.parse(text, filename=str(path))
        except SyntaxError as error:
            message = f"{path} is no Python of this version: {error}"
            raise DevtoolsError(message) from error
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        modules[name] = Module(
            name=name,
            place=PurePosixPath(path.relative_to(root)),
            lines=len(text.splitlines()),
            tree=tree,
            imports=frozenset(_list_imports(tree, package, sources.keys())) - {name},
        )
    return modules


def _list_sources(root: Path) -> Iterator[tuple[Path, Path]]:
    for base in (root, root / SHELF):
        for start in sorted(base.glob("*/__init__.py")):
            if start.parent.name == "tests":
                continue
            for path in sorted(start.parent.rglob("*.py")):
                if not _SKIPPED & set(path.relative_to(base).parts):
                    yield base, path


def _name(path: Path, base: Path) -> str:
    parts = path.relative_to(base).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _list_imports(tree: ast.Module, package: str, known: Container[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            source = resolve_source(node, package)
            for alias in node.names:
                # ``from rooms import board`` imports a module, ``from rooms.board import Board`` a name of one.
                inner = f"{source}.{alias.name}"
                if inner in known:
                    yield inner
                elif source in known:
                    yield source


def resolve_source(node: ast.ImportFrom, package: str) -> str:
    """Return the absolute name of what a ``from … import`` imports from."""
    if not node.level:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])
