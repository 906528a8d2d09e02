"""``python -m devtools COMMAND``: what ``./dev COMMAND`` becomes once the environment stands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from config.environment import read_environment
from devtools.commands import run_python
from devtools.errors import DevtoolsError
from devtools.processes import own_environment
from devtools.servers.embedded import running_servers
from devtools.terminal import complain


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    name, *arguments = argv
    try:
        return _COMMANDS[name](arguments)
    except (DevtoolsError, ValueError) as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _demo(arguments: Sequence[str]) -> int:
    from devtools.demo.run import run_demo  # noqa: PLC0415 - each command loads only what it needs

    return run_demo(arguments)


def _test(arguments: Sequence[str]) -> int:
    from devtools.testing import run_tests  # noqa: PLC0415

    return run_tests(arguments)


def _check(arguments: Sequence[str]) -> int:
    from devtools.checks.run import run_checks  # noqa: PLC0415

    return run_checks(arguments)


def _fmt(_arguments: Sequence[str]) -> int:
    from devtools.checks.run import format_code  # noqa: PLC0415

    return format_code()


def _messages(arguments: Sequence[str]) -> int:
    from devtools.messages import run_messages  # noqa: PLC0415

    return run_messages(arguments)


def _pictures(arguments: Sequence[str]) -> int:
    from devtools.pictures.command import run_pictures  # noqa: PLC0415

    return run_pictures(arguments)


def _changes(arguments: Sequence[str]) -> int:
    from devtools.changes import run_changes  # noqa: PLC0415

    return run_changes(arguments)


def _pairs(arguments: Sequence[str]) -> int:
    from devtools.feature_pairs import run_pairs  # noqa: PLC0415

    return run_pairs(arguments)


def _house(arguments: Sequence[str]) -> int:
    from devtools.house.command import run_house  # noqa: PLC0415

    return run_house(arguments)


def _drill(arguments: Sequence[str]) -> int:
    from devtools.drill.command import run_drill  # noqa: PLC0415

    return run_drill(arguments)


def _mutate(arguments: Sequence[str]) -> int:
    from devtools.mutate import run_mutate  # noqa: PLC0415

    return run_mutate(arguments)


def _manage(arguments: Sequence[str]) -> int:
    from devtools.messages import compile_catalogs  # noqa: PLC0415

    compile_catalogs()
    with running_servers(read_environment().state_dir) as servers:
        return run_python(["-m", "config.manage", *arguments], environment=own_environment(**servers.variables()))


def _measure(name: str, *, is_durable: bool) -> Callable[[Sequence[str]], int]:
    def run(arguments: Sequence[str]) -> int:
        # Its own database: measuring makes and drops schemas, and must not touch the demo's.
        state = read_environment().state_dir / name
        with running_servers(state, is_durable=is_durable) as servers:
            variables = own_environment(TURNERO_STATE_DIR=str(state), **servers.variables())
            return run_python(["-m", "devtools.inside", name, *arguments], environment=variables)

    return run


_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": _demo,
    "test": _test,
    "check": _check,
    "fmt": _fmt,
    "manage": _manage,
    "bench": _measure("bench", is_durable=True),
    # Emptying the tables for every case makes so many files that syncing them outlasts a shutdown.
    "replay": _measure("replay", is_durable=False),
    "messages": _messages,
    "changes": _changes,
    "pictures": _pictures,
    "house": _house,
    "pairs": _pairs,
    "drill": _drill,
    "mutate": _mutate,
}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
