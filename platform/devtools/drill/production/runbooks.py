"""The runbooks of ``infra/runbooks``, line by line on the drill's machine, after what each is for has happened."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from config.environment import ROOT
from devtools.drill.production.guide import Step, read_page, read_steps
from devtools.drill.production.looking import AUTHORITY, HOST, judge_looks, tell, watching
from devtools.drill.production.machine import Machine
from devtools.drill.production.visitor import SLUG
from devtools.terminal import complain, say

FOLDER = ROOT / "infra" / "runbooks"
DATA = "/var/lib/postgresql"
SMALL = "/mnt/small"
SHOWN = 6
"""Lines that are printed of what a command says."""
_ASK = (
    "curl --fail --silent --show-error --retry 60 --retry-delay 1 --retry-all-errors --output /dev/null "
    "--resolve {host}:443:127.0.0.1 --cacert /{authority} https://{host}/api/v1/services"
)


@dataclass(frozen=True, slots=True)
class Case:
    """How a runbook is tried.

    Attributes:
        breaks: Lines that make happen what it is for.
        given: Variables that readers fill in.
        mends: Part of a line of the runbook → what ends the cause right after it, where only people can.
        is_calm: Nobody may notice: people look at pages meanwhile, and no answer may be wrong.
        answers: Businesses that have to answer afterwards, by the first part of their address.
        clears: Lines that take the drill's own things away afterwards.
        chapters: Those that are run; none named: all of them.
        runbook: Whose lines are run, when it is not called as the case is.
    """

    breaks: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    mends: Mapping[str, str] = field(default_factory=dict)
    is_calm: bool = False
    answers: tuple[str, ...] = (SLUG,)
    clears: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()
    runbook: str = ""


_OWN = MappingProxyType({"SLUG": SLUG})
_SQL = "runuser --user postgres -- psql --dbname turnero --tuples-only --no-align --command"
_FILL_DISK = (
    "systemctl stop postgresql@15-main",
    f"rm --force {DATA}/reserve",
    f"mkdir {SMALL}",
    f'export SIZE="$(( $(du --summarize --block-size=1M {DATA} | cut --fields 1) + 1000 ))M"',
    f"mount -t tmpfs -o size=$SIZE,mode=755 tmpfs {SMALL}",
    f"cp --archive {DATA}/. {SMALL}/",
    f"mount --bind {SMALL} {DATA}",
    f"runuser --user postgres -- fallocate --length 512M {DATA}/reserve",
    "systemctl start postgresql@15-main",
    f"dd if=/dev/zero of={DATA}/ballast bs=1M status=none || true",
    f"{_SQL} 'CREATE TABLE public.ballast AS SELECT generate_series(1, 2000000)' || true",
    # It refuses that and goes on. Without room for its own log it ends.
    f"{_SQL} 'SELECT pg_logical_emit_message(true, $$ballast$$, repeat($$x$$, 500000000))' || true",
    "sleep 5",
    "grep 'PANIC.*No space left' /var/log/postgresql/postgresql-15-main.log",
    "! pg_isready",
)
_EMPTY_DISK = (
    "systemctl stop postgresql@15-main",
    f"umount {DATA}",
    f"rm --recursive --force {DATA}/15 && cp --archive {SMALL}/15 {DATA}/15",
    f"umount {SMALL}",
    "systemctl start postgresql@15-main",
)
_LOG = "/var/lib/turnero-wal"
_TOLD = "\"SELECT body_text FROM notifications_public_message WHERE template = 'platform_backup_failed'\""
_FILL_LOG = (
    f"mount -t tmpfs -o size=40M,mode=2770,uid=$(id --user postgres),gid=$(id --group turnero) tmpfs {_LOG}",
    f"dd if=/dev/zero of={_LOG}/ballast bs=1M status=none || true",
    f"{_SQL} 'CREATE TABLE public.ballast AS SELECT generate_series(1, 200000)'",
    f"{_SQL} 'SELECT pg_switch_wal()'",
    # Three tries of PostgreSQL's, and a worker's look at them a minute later at most.
    "sleep 75",
    f"{_SQL} 'TABLE pg_stat_archiver' | grep --invert-match '|0|' | grep .",
    f"{_SQL} {_TOLD} | grep archive_command",
    _ASK.format(host=f"{SLUG}.{HOST}", authority=AUTHORITY),
)
_EMPTY_LOG = (
    f"{_SQL} 'DROP TABLE public.ballast'",
    f"{_SQL} 'SELECT pg_switch_wal()'",
    f"timeout 180 bash -c 'until ! ls {DATA}/15/main/pg_wal/archive_status | grep ready$; do sleep 1; done'",
    f"timeout 180 bash -c 'until ! ls --almost-all {_LOG} | grep .; do sleep 1; done'",
    f"umount {_LOG}",
)
_FIND_SCHEMA = f"{_SQL} \"SELECT schema_name FROM tenants_tenant WHERE slug = '{SLUG}'\""  # noqa: S608 - ours
_LOCK = '"BEGIN; LOCK TABLE $HELD.scheduling_booking; SELECT pg_sleep(900)" < /dev/null > /dev/null 2>&1'
_HOLD_UP = (
    f'export HELD="$({_FIND_SCHEMA})"',
    f"setsid --fork runuser --user turnero -- psql --quiet --dbname turnero --command {_LOCK}",
    "sleep 125",
)

KEEP_ALL = (
    "turnero-manage backup_platform --full",
    f"{_SQL} 'SELECT pg_switch_wal()'",
    # A worker puts the log into the store every minute.
    "sleep 75",
)
"""Everything up to this moment is in the store."""
_LOSE_DISK = (
    *KEEP_ALL,
    "systemctl kill --signal SIGKILL postgresql@15-main",
    f"rm --recursive --force {DATA}/15/main/base {DATA}/15/main/global",
)

CASES: Mapping[str, Case] = MappingProxyType(
    {
        "new-secret": Case(is_calm=True),
        "upgrade": Case(is_calm=True),
        "roll-back": Case(is_calm=True),
        "backup-late": Case(given=_OWN, is_calm=True),
        "restore-business": Case(given=_OWN, is_calm=True, answers=(SLUG, f"{SLUG}-restaurado")),
        "restore-under-traffic": Case(given=_OWN, is_calm=True, answers=(SLUG, f"{SLUG}-de-hoy")),
        "certificate": Case(given={"DOMAIN": "citas.taller.example"}, is_calm=True),
        "messages-fail": Case(is_calm=True),
        "redis-lost": Case(breaks=("systemctl kill --signal SIGKILL redis-server", "systemctl stop redis-server")),
        "worker-stuck": Case(
            breaks=("systemctl kill --signal SIGSTOP turnero-worker@1 turnero-worker@2",), is_calm=True
        ),
        "slow-business": Case(breaks=_HOLD_UP),
        "database-down": Case(breaks=("systemctl kill --signal SIGKILL postgresql@15-main",)),
        "disk-full": Case(breaks=_FILL_DISK, mends={"find /opt": f"rm {DATA}/ballast"}, clears=_EMPTY_DISK),
        "log-not-kept": Case(
            runbook="disk-full", breaks=_FILL_LOG, mends={"find /opt": f"rm {_LOG}/ballast"}, clears=_EMPTY_LOG
        ),
        "restore-platform": Case(breaks=_LOSE_DISK, chapters=("Fetch it", "Let PostgreSQL replay it", "Let people in")),
    }
)


def try_case(machine: Machine, note: Path, name: str) -> bool:
    """Let happen what a runbook is for, run its lines, and tell whether its businesses answer."""
    say(f"-- {name}")
    case = CASES[name]
    is_well = all(run_line(machine, line) for line in case.breaks)
    if case.is_calm:
        with watching(machine, note) as watcher:
            is_well = _follow(machine, name, case) and is_well
        is_well = judge_looks(watcher) and is_well
    else:
        is_well = _follow(machine, name, case) and is_well
    is_well = all(run_line(machine, line) for line in case.clears) and is_well
    answers = [run_line(machine, _ASK.format(host=f"{slug}.{HOST}", authority=AUTHORITY)) for slug in case.answers]
    tell(is_well and all(answers), f"{name}: its lines, and {', '.join(case.answers)} afterwards")
    return is_well and all(answers)


def _follow(machine: Machine, name: str, case: Case) -> bool:
    """Run the lines in order; the first one that fails is the last."""
    for step in read_runbook(case.runbook or name, case.chapters):
        if not run_line(machine, step.fill_in(case.given)):
            return False
        for part, mending in case.mends.items():
            if part in step.line and not run_line(machine, mending):
                return False
    return True


def run_line(machine: Machine, line: str, *, needs_network: bool = False) -> bool:
    """Run a line and print what it says; tell whether it succeeded."""
    began_at = time.monotonic()
    done = machine.run(line, needs_network=needs_network)
    said = done.stdout.strip().splitlines()
    say(f"{time.monotonic() - began_at:6.1f} s  {line}")
    for each in said[-SHOWN:]:
        say(f"            | {each[:160]}")
    if done.returncode:
        complain(f"this line failed ({done.returncode})")
    return done.returncode == 0


def read_runbook(name: str, chapters: Sequence[str] = ()) -> list[Step]:
    """List the commands of a runbook in order: all of them, or those of some chapters."""
    page = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    return [step for chapter in chapters for step in read_steps(chapter, page)] if chapters else read_page(page)
