"""A second PostgreSQL on what was restored, for as long as a drill: over a socket in a folder that only we enter."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from recovery.errors import ProgramFailed, TargetUnreachable
from recovery.services import programs
from recovery.types import Restored

PORT = 5432
POLL_SECONDS, STOP_SECONDS = 0.05, 60.0
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "archive_mode": "off",  # what it writes is nobody's log
    "hot_standby": "off",  # it answers once it is where it shall be
    "shared_preload_libraries": "",
    "logging_collector": "off",
    "log_destination": "stderr",
    "ssl": "off",
    "fsync": "off",  # it is thrown away
}
NOT_REACHED = "recovery ended before configured recovery target was reached"


@contextmanager
def running(restored: Restored, *, like: str, database: str) -> Iterator[str]:
    """Start a server on what was restored, wait until it is where it shall be, and yield its address.

    ``like`` is the address of the living server: the same role is used. Needs the settings that the backup notes.

    Raises:
        ProgramFailed: It does not start; the text has its last words.
        TargetUnreachable: The log ends before the instant that was asked for.
    """
    base = restored.bases[-1]
    program = programs.find_program("postgres", major=base.major)
    # A socket's path has room for a hundred characters.
    with TemporaryDirectory(prefix="turnero-") as folder, (Path(folder) / "log").open("w+b") as log:
        settings = {**base.settings, **SETTINGS, **_write_files(Path(folder))}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        place = ["-D", str(restored.data), "-k", folder, "-p", str(PORT)]
        process = subprocess.Popen(  # noqa: S603 - PostgreSQL, and no shell
            [*programs.as_somebody(), program, *place, *options],
            env=programs.make_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
        try:
            _wait(process, restored, log.name)
            parts = conninfo_to_dict(like)
            user = {"user": str(parts["user"])} if parts.get("user") else {}
            yield make_conninfo(host=folder, port=PORT, dbname=database, **user)
        finally:
            _stop(process)


def _write_files(folder: Path) -> dict[str, str]:
    """Write what of a server's settings may lie outside of its data, as on Debian: here it lies nowhere else."""
    (folder / "postgresql.conf").touch()
    (folder / "pg_ident.conf").touch()
    (folder / "pg_hba.conf").write_text("local all all trust\n", encoding="ascii")
    return {
        "config_file": str(folder / "postgresql.conf"),
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
    }


def _wait(process: subprocess.Popen[bytes], restored: Restored, log: str) -> None:
    """Wait for as long as it replays the log: only its end ends that."""
    status = restored.data / "postmaster.pid"
    while process.poll() is None:
        # The eighth line is what pg_ctl waits for (miscadmin.h, LOCK_FILE_LINE_PM_STATUS).
        lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
        if lines[7:8] and lines[7].strip() == "ready":
            return
        time.sleep(POLL_SECONDS)
    said = Path(log).read_bytes()
    if NOT_REACHED.encode() in said:
        raise TargetUnreachable(why="the log in the store ends before it")
    raise ProgramFailed(program="postgres", why=programs.pick_words(said))


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop it: fast, then by force; ours is its whole session."""
    for number in (signal.SIGINT, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, number)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
