"""``./dev mutate [WORDS]``: every mutant has to die."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue

from config.environment import read_environment
from devtools.messages import compile_catalogs
from devtools.mutate.copies import Copy, copy_checkout
from devtools.mutate.mutant import Mutant
from devtools.mutate.mutants import MUTANTS
from devtools.servers.embedded import running_servers
from devtools.terminal import complain, paint, say
from devtools.testing.places import make_part, taken_places

_COPIES = 2


def run_mutate(arguments: Sequence[str]) -> int:
    """Break each line in turn and run its tests; the exit code is 1 when a mutant survives."""
    parser = argparse.ArgumentParser(prog="./dev mutate", description="Break lines that guard something.")
    parser.add_argument("words", nargs="*", help="only mutants whose name or file has one of these words")
    parser.add_argument("--list", action="store_true", help="show them and run nothing")
    options = parser.parse_args(arguments)
    chosen = [each for each in MUTANTS if not options.words or _is_meant(each, options.words)]
    if not chosen:
        complain("no mutant has these words; ./dev mutate --list shows all")
        return 1
    if options.list:
        for mutant in chosen:
            say(f"{mutant.name:<60} {mutant.file}")
        return 0
    return _run(chosen)


def _is_meant(mutant: Mutant, words: Sequence[str]) -> bool:
    return any(word in f"{mutant.name} {mutant.file}" for word in words)


def _run(chosen: Sequence[Mutant]) -> int:
    compile_catalogs()
    state = read_environment().state_dir / "mutate"
    with ExitStack() as held:
        numbers = held.enter_context(taken_places(state, count=_COPIES))
        servers = held.enter_context(running_servers(state, is_durable=False))
        copies: SimpleQueue[Copy] = SimpleQueue()
        for index, number in enumerate(numbers):
            part = make_part(servers, state, number=number, index=index, is_embedded=(True, True))
            variables = {"DJANGO_SETTINGS_MODULE": "config.settings.test", **part.variables()}
            copies.put(copy_checkout(state / f"copy-{number}", variables=variables))
        failure = _find_failure_unbroken(copies, chosen)
        if failure:
            complain(f"the tests fail without any mutant; mend them first\n{failure}")
            return 1
        pool = held.enter_context(ThreadPoolExecutor(_COPIES))
        survivors = [name for name in pool.map(lambda mutant: _try_one(copies, mutant), chosen) if name]
    say(f"{len(chosen) - len(survivors)} of {len(chosen)} mutants died")
    return 1 if survivors else 0


def _find_failure_unbroken(copies: SimpleQueue[Copy], chosen: Sequence[Mutant]) -> str | None:
    copy = copies.get()
    try:
        return copy.find_failure(sorted({test for mutant in chosen for test in mutant.tests}))
    finally:
        copies.put(copy)


def _try_one(copies: SimpleQueue[Copy], mutant: Mutant) -> str | None:
    """Return the name of a mutant that survived."""
    copy, started = copies.get(), time.monotonic()
    try:
        is_dead = copy.kills(mutant)
    finally:
        copies.put(copy)
    verdict = paint("died    ", "green") if is_dead else paint("SURVIVED", "red")
    say(f"{verdict} {time.monotonic() - started:5.1f} s  {mutant.name:<60} {mutant.file}")
    return None if is_dead else mutant.name
