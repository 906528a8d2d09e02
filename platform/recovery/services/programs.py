"""PostgreSQL's own programs: found where they lie, of the server's version, run without a shell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

from django.conf import settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from recovery.errors import ProgramFailed

PLACES = ("/usr/lib/postgresql/{major}/bin", "/usr/pgsql-{major}/bin")
"""Of Debian's packages and of PostgreSQL's own for Red Hat."""
NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
"""PostgreSQL refuses to be root: in a user namespace of its own it is not."""
MOST_WORDS = 240
VERSION_SECONDS = 30.0


def find_program(name: str, *, major: int) -> Path:
    """Return a program of the server's major version: others write and read other files.

    Raises:
        ProgramFailed: It is not there, or of another version.
    """
    named = str(settings.POSTGRES_BIN)
    folders = [named] if named else [place.format(major=major) for place in PLACES]
    found = shutil.which(name, path=os.pathsep.join(folders)) or (None if named else shutil.which(name))
    if found is None:
        raise ProgramFailed(program=name, why=f"it is not in {', '.join(folders)} (TURNERO_POSTGRES_BIN)")
    said = run([found, "--version"], program=name)
    numbers = re.search(r"\) (\d+)", said)
    if numbers is None or int(numbers[1]) != major:
        version = numbers[1] if numbers else "an unknown version"
        raise ProgramFailed(
            program=name, why=f"{found} is of PostgreSQL {version}, the server of {major} (TURNERO_POSTGRES_BIN)"
        )
    return Path(found)


def run(command: Sequence[str | Path], *, program: str) -> str:
    """Run a program to its end and return what it said.

    Raises:
        ProgramFailed: It ended with an error, whose last words are kept.
    """
    try:
        done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, and no shell
            list(command), env=make_environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError as error:
        raise ProgramFailed(program=program, why=str(error)) from error
    if done.returncode != 0:
        raise ProgramFailed(program=program, why=pick_words(done.stderr))
    return done.stdout.decode(errors="replace")


@contextmanager
def streaming(command: Sequence[str | Path], *, program: str, password: str = "") -> Iterator[IO[bytes]]:
    """Yield what a program writes while it runs; it is ended when the block is left early.

    Raises:
        ProgramFailed: It ended with an error. That goes before an error of the block, which may be its consequence.
    """
    with TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL, and no shell
                list(command),
                env=make_environment(password=password),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
            )
        except OSError as error:
            raise ProgramFailed(program=program, why=str(error)) from error
        is_ours = False
        try:
            with process:
                try:
                    yield cast("IO[bytes]", process.stdout)
                except BaseException:
                    with suppress(ProcessLookupError):
                        is_ours = process.poll() is None
                        process.terminate()
                    raise
        finally:
            if process.returncode != 0 and not is_ours:
                said.seek(0)
                raise ProgramFailed(program=program, why=pick_words(said.read()))


def as_somebody() -> tuple[str, ...]:
    """Return what a command begins with so that PostgreSQL, which refuses to be root, runs.

    Raises:
        ProgramFailed: We are root and there are no user namespaces here.
    """
    if os.geteuid() != 0:
        return ()
    try:
        run([*NAMESPACE, "true"], program="unshare")
    except ProgramFailed as error:
        raise ProgramFailed(
            program="postgres", why="it refuses to run as root: use turnero-manage, which runs as turnero"
        ) from error
    return NAMESPACE


def split_password(conninfo: str) -> tuple[str, str]:
    """Return an address without its password, which no list of processes shall show, and the password."""
    parts = conninfo_to_dict(conninfo)
    password = str(parts.pop("password", "") or "")
    return make_conninfo(**cast("Mapping[str, str]", parts)), password


def make_environment(*, password: str = "") -> dict[str, str]:
    """Return what programs are told: English, universal time, and nothing of ours."""
    home = {"HOME": str(Path.home())}
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **home, **({"PGPASSWORD": password} if password else {})}


def pick_words(said: bytes) -> str:
    """Return the last words that say what went wrong, in one line."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"error|fatal|could not|panic", line, re.IGNORECASE)]
    return ((telling or lines or ["it said nothing"])[-1])[:MOST_WORDS].rstrip(".")
