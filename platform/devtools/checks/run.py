"""``./dev check`` and ``./dev fmt``: every static check, all of them each time."""

from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from config.environment import ROOT, read_environment
from devtools.processes import own_environment
from devtools.servers.embedded import running_servers
from devtools.terminal import paint, say

_PARALLEL = 2
# Valid in form and leading nowhere: the checks read settings, they talk to nobody.
_PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "DATABASE_URL": "postgresql://check:check@127.0.0.1:9/check",
    "REDIS_URL": "redis://:check@127.0.0.1:9/0",
    "TURNERO_PLATFORM_HOST": "turnero.example",
    "TURNERO_SECRET_KEY": secrets.token_urlsafe(50),
    "TURNERO_SMTP_URL": "smtp://127.0.0.1:9",
    "TURNERO_FROM_EMAIL": "citas@turnero.example",
    "SENTRY_DSN": "",
    "CI": "",
}
_LINTED = (".", "dev")
# As if what development needs were needed by all: only then is it missed where nothing imports it, tests included.
_WITH_TESTS = (
    "--exclude", r"\.turnero", "--extend-exclude", r"\.venv", "--optional-dependencies-dev-groups", "none",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name and the command (for this Python) that fails when something is wrong.

    Attributes:
        has_notes: What it prints is shown even when it is clean: it may say that it could not look.
    """

    name: str
    command: tuple[str, ...]
    is_production: bool = False
    needs_database: bool = False
    has_notes: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How a check went."""

    name: str
    is_clean: bool
    seconds: float
    output: str
    note: str


def list_checks() -> list[Check]:
    """List the checks in the order in which they are reported, slow ones first."""
    manage = ("-m", "config.manage")
    return [
        Check("mypy", ("-m", "mypy")),
        Check("ruff check", ("-m", "ruff", "check", "--quiet", *_LINTED)),
        Check("ruff format", ("-m", "ruff", "format", "--check", "--quiet", *_LINTED)),
        Check("lint-imports", ("-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache")),
        Check("deptry", ("-m", "deptry", ".")),
        Check("deptry, tests too", ("-m", "deptry", ".", *_WITH_TESTS)),
        Check("manage check --deploy", (*manage, "check", "--deploy", "--fail-level", "WARNING"), is_production=True),
        Check("makemigrations --check", (*manage, "makemigrations", "--check", "--dry-run"), needs_database=True),
        Check("djade", ("-m", "devtools.djade", "--check")),
        Check("biome", ("-m", "devtools.checks.biome"), has_notes=True),
        Check("messages", ("-m", "devtools", "messages", "--check")),
        Check("changes", ("-m", "devtools", "changes", "--check")),
        Check("commits", ("-m", "devtools.checks.commits"), has_notes=True),
        Check("files", ("-m", "devtools.checks.files"), has_notes=True),
    ]


def run_checks(arguments: Sequence[str]) -> int:
    """Run the checks and print one line for each; 1 when any fails."""
    checks = list_checks()
    parser = argparse.ArgumentParser(prog="./dev check")
    parser.add_argument("only", nargs="*", help="a word of the names of the checks to run; all when left out")
    words = parser.parse_args(arguments).only
    chosen = [check for check in checks if not words or any(word in check.name for word in words)]
    started_at = time.monotonic()
    with ThreadPoolExecutor(_PARALLEL) as pool:
        results = []
        for result in pool.map(run_check, chosen):
            results.append(result)
            mark = paint("ok  ", "green") if result.is_clean else paint("FAIL", "red")
            say(f"{mark} {result.name:<24} {result.seconds:6.1f} s  {result.note}".rstrip())
    failed = [result for result in results if not result.is_clean]
    for result in failed:
        say(f"\n{paint(result.name, 'bold')}\n{result.output.rstrip()}")
    seconds = time.monotonic() - started_at
    say(f"\n{len(results) - len(failed)} of {len(results)} checks are clean, {seconds:.1f} s")
    return 1 if failed or not results else 0


def run_check(check: Check) -> Result:
    """Run one check to its end."""
    started_at = time.monotonic()
    with _surroundings(check) as variables:
        done = _run(check.command, variables)
    seconds = time.monotonic() - started_at
    output = done.stdout.decode("utf-8", errors="replace")
    is_clean = done.returncode == 0
    note = " ".join(output.split()) if check.has_notes and is_clean else ""
    return Result(name=check.name, is_clean=is_clean, seconds=seconds, output=output, note=note)


@contextmanager
def _surroundings(check: Check) -> Iterator[dict[str, str]]:
    if check.is_production:
        yield _PRODUCTION
    elif check.needs_database:
        # makemigrations asks the database what was applied; without one it waits for the pool to give up.
        with running_servers(read_environment().state_dir / "test", is_durable=False) as servers:
            yield {"DJANGO_SETTINGS_MODULE": "config.settings.test", **servers.variables()}
    else:
        yield {"DJANGO_SETTINGS_MODULE": "config.settings.test"}


def _run(command: Sequence[str], variables: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=own_environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def format_code() -> int:
    """Format code, templates, scripts and style sheets, and mend what can be mended without thinking."""
    commands: tuple[tuple[str, ...], ...] = (
        ("-m", "ruff", "check", "--fix", "--quiet", *_LINTED),
        ("-m", "ruff", "format", *_LINTED),
        ("-m", "devtools.djade"),
        ("-m", "devtools.checks.biome", "--write"),
    )
    # djade exits with 1 when it changed a file; what ruff cannot mend is the checks' business.
    codes = [subprocess.run([sys.executable, *command], cwd=ROOT, check=False).returncode for command in commands]
    return 0 if codes[1] == 0 else 1
