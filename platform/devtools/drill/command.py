"""``./dev drill [NAME …]``: run one of the heavy proofs, or list them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from config.environment import read_environment
from devtools.commands import run_python
from devtools.processes import own_environment
from devtools.servers.embedded import running_servers
from devtools.terminal import complain, say

_WRONG_USAGE = 2


@dataclass(frozen=True, slots=True)
class Drill:
    """A proof: the module ``devtools.drill.<name>``, whose ``run(arguments)`` prints figures and returns a code.

    Attributes:
        about: What it proves, and how much of it.
        needs_servers: It is run with a PostgreSQL and a Redis of its own; the others start what they need.
    """

    about: str
    needs_servers: bool


DRILLS: Mapping[str, Drill] = MappingProxyType(
    {
        "worlds": Drill("engine and oracle agree in 2,500 random worlds [--count N]", needs_servers=False),
        "storm": Drill("32 connections book, move and cancel for 60 s: nothing is overbooked", needs_servers=True),
        "holds": Drill(
            "60 ended holds of a group of 7 confirmed at once; the next booking beside 1,000 [--late N] [--holds N]",
            needs_servers=True,
        ),
        "kills": Drill("workers and Redis are killed: every booking is told [--rounds N]", needs_servers=False),
        "burst": Drill(
            "300 bookings at once: how long customers wait for word, in which order [--count N]", needs_servers=True
        ),
        "restart": Drill(
            "PostgreSQL restarts under 300 bookings: nothing lost, no HTML on the API [--rounds N]", needs_servers=False
        ),
        "offers": Drill("every door that shows times takes exactly those [--count N] [--seed N]", needs_servers=True),
        "copies": Drill(
            "50,000 bookings and 2,000 photos: backup, verify, restore, export, import [--bookings N] [--photos N]",
            needs_servers=True,
        ),
        "platform": Drill(
            "the whole server from its backups, at this moment: RPO, RTO, sizes [--bookings N] [--photos N] [--key]",
            needs_servers=True,
        ),
        "nights": Drill(
            "nightly archives of 200 businesses; one that is damaged, store away, disk full [--businesses N]",
            needs_servers=True,
        ),
        "crowd": Drill(
            "many tenants: seconds from crash to ready, memory of connections [--tenants N]", needs_servers=False
        ),
        "production": Drill(
            "the operator's guide, line by line, on a fresh Debian 12 with systemd", needs_servers=False
        ),
        "two": Drill(
            "two web and two worker processes behind Caddy: killed, then restarted, under 300 bookings [--bookings N]",
            needs_servers=False,
        ),
        "upgrade": Drill(
            "from the version before with 50,000 bookings and back, under load [--previous COMMIT] [--bookings N]",
            needs_servers=False,
        ),
        "zones": Drill("Mexico 2022 and Paraguay 2024 with two releases of tzdata each", needs_servers=True),
        "owner": Drill(
            "a new owner's way by pages only, counted, against a running demo [--host H] [--catcher H]",
            needs_servers=False,
        ),
        "figures": Drill(
            "promtool reads figures, rules and what they say of a bad hour [--promtool PATH]", needs_servers=True
        ),
        "photos": Drill("what people send as a picture is refused or clean: seconds, memory", needs_servers=False),
        "stripe": Drill(
            "19 scenarios of money at the stand-in, 16 at Stripe with STRIPE_TEST_KEY [--account ACCOUNT]",
            needs_servers=False,
        ),
        "payments": Drill(
            "2,000 random walks of money, 200 customers for 50 places, 1,000 kills [--count N] [--kills N]",
            needs_servers=True,
        ),
        "imports": Drill(
            "10,000 customers with 300 planted problems, then 38 MB of them: told, undone [--count N]",
            needs_servers=True,
        ),
        "privacy": Drill(
            "a planted person with canaries everywhere is erased: found nowhere, nor after a restore [--rounds N]",
            needs_servers=False,
        ),
        "pages": Drill("pages and calls are fast enough against a bare view [--rounds N]", needs_servers=True),
    }
)


def run_drill(arguments: Sequence[str]) -> int:
    """Run the drill that is named first with the other arguments; without a name, list them all."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        for name, drill in DRILLS.items():
            say(f"{name:<10} {drill.about}")
        return 0
    name, *others = arguments
    if name not in DRILLS:
        complain(f"unknown drill {name!r}; one of: {', '.join(DRILLS)}")
        return _WRONG_USAGE
    if not DRILLS[name].needs_servers:
        return run(arguments)
    # Servers of its own: a drill makes and drops schemas, and must not touch the demo's.
    state = read_environment().state_dir / "drill"
    with running_servers(state, is_durable=True) as servers:
        variables = own_environment(TURNERO_STATE_DIR=str(state), **servers.variables())
        return run_python(["-m", "devtools.inside", "drill.command", name, *others], environment=variables)


def run(arguments: Sequence[str]) -> int:
    """Run a drill in this process."""
    name, *others = arguments
    return int(importlib.import_module(f"devtools.drill.{name}").run(others))
