"""``./dev bench NAME``: measurements whose ratios hold on any machine; each loads only what it needs."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence

from config.environment import set_default
from devtools.terminal import complain

SHARED = {"business", "report"}
"""Modules of this package that measure nothing themselves."""

CONNECTIONS = 80
"""Enough for 32 writers at once, of which each keeps its own connection."""


def run(argv: Sequence[str]) -> int:
    """Run the benchmark named first with the remaining arguments and return its exit code."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in SHARED)
    if not argv or argv[0] not in names:
        complain(f"which benchmark? One of: {', '.join(names)}")
        return 2
    set_default("DJANGO_SETTINGS_MODULE", "config.settings.development")
    set_default("TURNERO_DATABASE_POOL_SIZE", str(CONNECTIONS))
    import django  # noqa: PLC0415 - after the settings are named

    import config.celery  # noqa: F401, PLC0415 - due work wakes workers through its app

    django.setup()
    return int(importlib.import_module(f"devtools.bench.{argv[0]}").run(argv[1:]) or 0)
