"""A PostgreSQL of its own that archives its log, a store for each test, and a table that tests write to."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command

from config.environment import ROOT
from devtools.servers.folders import make_state_folder
from devtools.servers.postgres_server import PostgresServer, find_program
from kernel.clock import utc_now
from recovery.engine.bases import BaseBackup
from recovery.services import base_backups, catalog, drills, log_archive, objects

ARCHIVE = next(
    line.partition("'")[2].rstrip("'").replace("/var/lib/turnero-wal", "{spool}")
    for line in (ROOT / "infra" / "postgresql-archive.conf").read_text().splitlines()
    if line.startswith("archive_command")
)
"""As in production, into another folder."""


@dataclass(frozen=True, slots=True)
class Living:
    """A server: its superuser's address and connection, its data, and where it puts its log."""

    url: str
    data: Path
    spool: Path
    connection: psycopg.Connection

    def run(self, sql: str) -> object:
        """Run one statement; the first column of the first row, if there is any."""
        cursor = self.connection.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None

    def write(self, count: int = 1) -> datetime:
        """Add rows, and return an instant right after that, at which the log can stop."""
        self.run(f"INSERT INTO written SELECT FROM generate_series(1, {count})")
        instant = self.run("SELECT clock_timestamp()")
        self.run("SELECT pg_current_xact_id()")
        assert isinstance(instant, datetime)
        return instant

    def hand_on(self) -> None:
        """Let it hand on its log, and put that into the store."""
        name = self.run(drills.LAST_SQL)
        self.run(drills.SWITCH_SQL)
        until = time.monotonic() + 60
        while self.run("SELECT last_archived_wal FROM pg_stat_archiver") < name and time.monotonic() < until:
            time.sleep(0.01)
        log_archive.ship()


def make_living(state: Path) -> Iterator[Living]:
    """Start a server that has one database and nothing else, so that a backup of it is small."""
    state = make_state_folder(state)
    server = PostgresServer(state, is_durable=False)
    spool = server.data.parent / "spool"
    spool.mkdir()
    owner = server.data.parent.stat()
    os.chown(spool, owner.st_uid, owner.st_gid)
    settings = {"archive_mode": "on", "summarize_wal": "on", "archive_command": ARCHIVE.format(spool=spool)}
    server = PostgresServer(state, is_durable=False, settings=settings, segment_megabytes=1)
    server.start()
    url = server.url.replace("//turnero@", "//postgres@")
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("UPDATE pg_database SET datistemplate = false")
            for name in ("template0", "template1", "postgres"):
                connection.execute(f"DROP DATABASE {name}")
            connection.execute("CREATE TABLE written (id bigint GENERATED ALWAYS AS IDENTITY)")
            yield Living(url, server.data, spool, connection)
    finally:
        server.stop()


@pytest.fixture(scope="package")
def whole_living(tmp_path_factory) -> Iterator[Living]:
    yield from make_living(tmp_path_factory.mktemp("living"))


@pytest.fixture
def store(settings, tmp_path, monkeypatch) -> Path:
    """The folder in which everything of the platform lies."""
    settings.STORAGES = deepcopy(settings.STORAGES)
    settings.STORAGES["backups"]["OPTIONS"]["location"] = str(tmp_path / "store")
    settings.STORAGES["files"]["OPTIONS"]["location"] = str(tmp_path / "files")
    settings.BACKUP_WORK = tmp_path / "work"
    settings.BACKUP_KEYS = []
    settings.POSTGRES_BIN = str(find_program("pg_basebackup").parent)
    settings.WAL_DIR = tmp_path / "spool"
    settings.REPLICATION_URL = "postgresql:///?host=/nowhere"
    monkeypatch.setattr(objects, "LEVEL", 1)
    return tmp_path / "store" / "platform"


@pytest.fixture
def living(whole_living, settings, store) -> Living:
    """The server that is backed up; its table is empty, and what others left of its log is gone."""
    settings.REPLICATION_URL, settings.WAL_DIR = whole_living.url, whole_living.spool
    whole_living.run("TRUNCATE written")
    whole_living.run("SELECT pg_switch_wal()")
    return whole_living


@pytest.fixture
def take() -> Callable[..., BaseBackup]:
    """Take a base backup now."""
    return lambda **options: base_backups.back_up(now=utc_now(), **options)


@dataclass(frozen=True, slots=True)
class History:
    """Two nights: a full backup, 120 rows at ``early``, an incremental one, 155 rows at ``late`` and 160 at the end."""

    full: BaseBackup
    second: BaseBackup
    early: datetime
    late: datetime


@pytest.fixture(scope="package")
def kept(tmp_path_factory) -> dict[str, tuple[Path, History]]:
    """Where the store with the history lies, once it was made, and what is in it."""
    return {}


@pytest.fixture
def history(living, store, take, kept, tmp_path_factory) -> History:
    """Two nights in the store, made once for all tests: each gets a copy."""
    if not kept:
        place = tmp_path_factory.mktemp("kept") / "platform"
        made = make_history(living, take)
        shutil.copytree(store, place)
        kept["history"] = (place, made)
    place, made = kept["history"]
    if not store.exists():
        shutil.copytree(place, store)
    return made


def make_history(living: Living, take: Callable[..., BaseBackup]) -> History:
    living.write(100)
    full = take()
    early = living.write(20)
    living.hand_on()
    living.write(5)
    living.hand_on()
    second = take()
    late = living.write(30)
    living.hand_on()
    for count in (3, 1, 1):
        living.write(count)
        living.hand_on()
    return History(full, second, early, late)


@pytest.fixture
def base(history, store) -> BaseBackup:
    """The full backup of the history, as if there had been no other."""
    shutil.rmtree(store / "base" / history.second.label)
    return history.full


@pytest.fixture
def run() -> Callable[..., list[str]]:
    """Run a command and return the lines that it printed, errors first."""

    def call(*arguments: object) -> list[str]:
        out, err = StringIO(), StringIO()
        call_command(*map(str, arguments), stdout=out, stderr=err)
        return [*err.getvalue().splitlines(), *out.getvalue().splitlines()]

    return call


def list_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def find_object(store: Path, base: BaseBackup) -> Path:
    """Where the files of a backup lie."""
    return store / catalog.name_base(base)
