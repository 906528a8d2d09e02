"""``./dev bench NAME``: measurements whose ratios hold on any machine; each loads only what it needs."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence

from devtools.bench.settings import set_up_django
from devtools.terminal import complain

SHARED = {"business", "callers", "checkouts", "floor", "replaying", "report", "serving", "settings", "spent", "workers"}
"""Modules of this package that measure nothing themselves."""


def run(argv: Sequence[str]) -> int:
    """Run the benchmark named first with the remaining arguments and return its exit code."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in SHARED)
    if not argv or argv[0] not in names:
        complain(f"which benchmark? One of: {', '.join(names)}")
        return 2
    set_up_django()
    return int(importlib.import_module(f"devtools.bench.{argv[0]}").run(argv[1:]) or 0)
