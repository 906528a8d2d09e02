"""Django as benchmarks and replays need it, in their own process and in those that they start."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from config.environment import set_default

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECTIONS = 80
"""Enough for 32 writers at once, of which each keeps its own connection."""


def set_up_django() -> None:
    """Load everything, with the settings that ``./dev`` named (`own_environment`)."""
    set_default("TURNERO_DATABASE_POOL_SIZE", str(CONNECTIONS))
    import django  # noqa: PLC0415 - after the pool's size is set

    django.setup()


def call_in_child(module: str, function: str, *arguments: object) -> None:
    """Begin another process: nothing that needs Django may be imported before it is set up."""
    set_up_django()
    called: Callable[..., object] = getattr(import_module(module), function)
    called(*arguments)
