"""``python -m devtools.inside drill.crowd.memory COUNT``: the part of the drill that needs Django."""

from __future__ import annotations

from collections.abc import Sequence

from devtools.bench.settings import set_up_django


def run(arguments: Sequence[str]) -> int:
    """Book in so many tenants and print what it cost; 1 when a connection grew past what its limit allows."""
    set_up_django()
    from devtools.drill.crowd import visits  # noqa: PLC0415 - Django's apps come first

    return visits.run(int(arguments[0]))
