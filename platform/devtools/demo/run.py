"""``./dev demo``: everything that production runs, on this machine, with sample businesses."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from config.environment import read_environment
from devtools.demo.health import answers, is_up
from devtools.demo.parts import CATCHER_WEB_PORT, SMTP_PORT, STRIPE_PORT, WEB_PORT, DemoParts
from devtools.errors import DevtoolsError
from devtools.messages import compile_catalogs
from devtools.servers.embedded import EmbeddedServer, embedded_servers, running_servers
from devtools.servers.folders import empty_state, make_state_folder
from devtools.servers.locks import FileLock
from devtools.servers.ports import is_free, take_port_from
from devtools.servers.postgres_server import delete_public_copy
from devtools.supervising.child import Child
from devtools.supervising.supervisor import Supervisor, end_leftovers
from devtools.terminal import paint, say

SAMPLES = (("example", ("demo_tenant", "--keep")), ("sample", ("seed_demo",)))
_READY_SECONDS = 90.0
_WORKER_READY_SECONDS = 20.0


def run_demo(arguments: Sequence[str]) -> int:
    """Run the demo until Ctrl-C or SIGTERM and return the exit code."""
    options = parse_arguments(arguments)
    environment = read_environment()
    state = make_state_folder(environment.state_dir)
    lock = FileLock(state / "demo.lock")
    if not lock.try_exclusive():
        raise DevtoolsError(describe_running(state))
    try:
        end_leftovers(state)
        if options.fresh:
            start_over(state, is_external=environment.database_url is not None, is_sure=options.yes)
        compile_catalogs()
        with running_servers(state) as servers:
            parts = DemoParts(
                state=state,
                servers=servers,
                web_port=choose_web_port(options.port),
                smtp_port=take_port_from(SMTP_PORT),
                catcher_port=take_port_from(CATCHER_WEB_PORT),
                stripe_port=take_port_from(STRIPE_PORT),
            )
            postgres, redis = embedded_servers(state)
            named = (environment.database_url, environment.redis_url)
            embedded = [server for server, url in zip((postgres, redis), named, strict=True) if url is None]
            must_reset = options.fresh and environment.database_url is not None
            asyncio.run(_serve(parts, embedded, must_reset=must_reset))
    finally:
        (state / "demo.json").unlink(missing_ok=True)
        lock.release()
    say("stopped; the data stays for the next ./dev demo")
    return 0


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Read ``[--fresh] [--yes] [--port N]``."""
    parser = argparse.ArgumentParser(prog="./dev demo")
    parser.add_argument("--fresh", action="store_true", help="forget the data of earlier runs")
    parser.add_argument("--yes", action="store_true", help="with --fresh: yes, also in the database of DATABASE_URL")
    parser.add_argument("--port", type=int, help=f"listen here, or not at all (else {WEB_PORT} or the next free one)")
    options = parser.parse_args(arguments)
    if options.port is not None and not 1 <= options.port <= 65535:  # noqa: PLR2004 - the last TCP port
        parser.error("--port must be between 1 and 65535")
    return options


def describe_running(state: Path) -> str:
    """Say that a demo already runs on this state folder, and where."""
    try:
        note = json.loads((state / "demo.json").read_text(encoding="utf-8"))
        return f"a demo already runs on {state}: {note['url']} (process {note['pid']}); stop it with Ctrl-C there"
    except (OSError, ValueError, KeyError):
        return f"a demo is already starting or stopping on {state}"


def start_over(state: Path, *, is_external: bool, is_sure: bool) -> None:
    """Delete the state folder's contents; in a database of the user's only when that is wanted.

    Raises:
        DevtoolsError: The database is not ours and ``--yes`` is missing, or another command uses it.
    """
    if is_external:
        if not is_sure:
            message = "--fresh would delete every tenant in the database of DATABASE_URL; add --yes if that is wanted"
            raise DevtoolsError(message)
    elif any(server.is_used() for server in embedded_servers(state)):
        message = f"another ./dev command is using the servers in {state}; let it end first"
        raise DevtoolsError(message)
    else:
        delete_public_copy(state)
    empty_state(state)


def choose_web_port(wanted: int | None) -> int:
    """Return the wanted port, or the usual one or the next free one.

    Raises:
        DevtoolsError: The wanted port is taken.
    """
    if wanted is None:
        return take_port_from(WEB_PORT)
    if not is_free(wanted):
        message = f"port {wanted} is taken; name another one or leave --port out"
        raise DevtoolsError(message)
    return wanted


async def _serve(parts: DemoParts, embedded: Sequence[EmbeddedServer], *, must_reset: bool) -> None:
    supervisor = Supervisor(parts.state)
    supervisor.listen_to_signals()
    note = {"pid": os.getpid(), "url": parts.platform_url}
    (parts.state / "demo.json").write_text(json.dumps(note), encoding="utf-8")
    watching = asyncio.create_task(_watch_keepers(embedded))
    try:
        supervisor.keep(parts.catcher())
        supervisor.keep(parts.stripe())
        logins: list[str] | None = []
        for name, arguments in _preparations(must_reset=must_reset):
            logins = await supervisor.run_once(parts.manage(name, *arguments))
            if logins is None:
                return
        supervisor.keep(parts.web())
        worker = supervisor.keep(parts.worker())
        supervisor.keep(parts.beat())
        if await _wait_until_ready(supervisor, parts, worker):
            _greet(parts, logins or [])
        await supervisor.wait_for_stop()
        say("stopping …")
    finally:
        watching.cancel()
        await supervisor.stop(last=["catcher"])


def _preparations(*, must_reset: bool) -> list[tuple[str, tuple[str, ...]]]:
    steps: list[tuple[str, tuple[str, ...]]] = [("migrate", ("migrate_platform",)), *SAMPLES]
    return [("reset", ("reset_platform", "--yes")), *steps] if must_reset else steps


async def _watch_keepers(embedded: Sequence[EmbeddedServer]) -> None:
    """Give an embedded server a new keeper when somebody killed the one it had."""
    while True:
        await asyncio.sleep(1)
        for server in embedded:
            try:
                await asyncio.to_thread(server.ensure_running)
            except DevtoolsError as error:
                print(f"./dev: {error}", file=sys.stderr, flush=True)


async def _wait_until_ready(supervisor: Supervisor, parts: DemoParts, worker: Child) -> bool:
    waited = 0.0
    while waited < _READY_SECONDS:
        if (
            await answers(parts.web_port, "/healthz", host=parts.platform_host)
            and await answers(parts.catcher_port, "/healthz", host=f"localhost:{parts.catcher_port}")
            and await answers(parts.stripe_port, "/healthz", host=f"localhost:{parts.stripe_port}")
            and (is_up(worker) or waited > _WORKER_READY_SECONDS)
        ):
            if not is_up(worker):
                say(paint(f"the worker is not ready; see the lines above or {worker.output.path}", "red"))
            return True
        if await supervisor.wait_for_stop(seconds=0.25):
            return False
        waited += 0.25
    say(paint(f"still not answering after {_READY_SECONDS:.0f} s; see the lines above or {parts.state}/logs", "red"))
    return False


def _greet(parts: DemoParts, logins: Sequence[str]) -> None:
    lines = [
        "",
        paint(f"Turnero runs at {parts.platform_url}", "bold"),
        paint(f"What was sent (e-mail, SMS): http://localhost:{parts.catcher_port}/", "bold"),
        "",
        *logins,
        "",
        "Everybody comes from this machine here, so limits of an address are raised; those of a recipient hold.",
        f"Logs and data: {parts.state}",
        "Ctrl-C stops everything.",
        "",
    ]
    for line in lines:
        say(line)
