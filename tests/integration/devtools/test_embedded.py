"""Embedded servers under the accidents that happen to them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config.environment import ROOT
from devtools.errors import DevtoolsError
from devtools.processes import is_alive, own_environment
from devtools.servers import postgres_server
from devtools.servers.embedded import EmbeddedServer, embedded_servers, running_servers
from devtools.servers.folders import make_socket_folder, make_state_folder
from devtools.servers.postgres_server import PostgresServer
from devtools.servers.redis_server import RedisServer

_HOLD = """
import sys, time
from pathlib import Path
from devtools.servers.embedded import running_servers
with running_servers(Path(sys.argv[1]), is_durable=False) as servers:
    print(servers.database_url, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedServer]:
    server, _ = embedded_servers(tmp_path, is_durable=False)
    yield server
    server.release()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    _, server = embedded_servers(tmp_path, is_durable=False)
    yield server
    server.release()


def wait_for(condition: Callable[[], object], *, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def keeper_of(state: Path, service: str) -> psutil.Process:
    return psutil.Process(json.loads((state / f"{service}.json").read_text(encoding="utf-8"))["keeper"])


def server_of(state: Path, service: str) -> psutil.Process:
    (server,) = keeper_of(state, service).children()
    return server


def write_row(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES ('ñandú')")


def read_row(url: str) -> object:
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            return connection.execute("SELECT text FROM note").fetchone()
    except psycopg.OperationalError:
        return None


def ping(url: str) -> bool:
    try:
        with redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def test_database_is_what_the_product_needs(postgres: EmbeddedServer) -> None:
    url = postgres.acquire()

    with psycopg.connect(url) as connection:
        facts = connection.execute(
            "SELECT current_user, current_setting('max_locks_per_transaction'), current_setting('max_connections'),"
            " current_setting('server_encoding'), rolsuper, datlocprovider, datlocale"
            " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
        ).fetchone()

    assert facts == ("turnero", "512", "200", "UTF8", False, "b", "C.UTF-8")


@pytest.mark.skipif(sys.platform != "linux", reason="syncfs(2) is Linux's own")
def test_recovery_syncs_the_disk_and_not_file_by_file(postgres: EmbeddedServer) -> None:
    with psycopg.connect(postgres.acquire()) as connection:
        assert connection.execute("SHOW recovery_init_sync_method").fetchone() == ("syncfs",)


def test_server_that_recovers_longer_than_patience_is_not_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_server, "_SILENT_SECONDS", 1.0)
    server = PostgresServer(make_state_folder(tmp_path), is_durable=False)
    log = tmp_path / "logs" / "postgres.log"
    stop = threading.Event()

    def recover() -> None:
        while not stop.wait(0.2):
            with log.open("a") as file:
                file.write("syncing data directory (fsync), elapsed time\n")

    began_at = time.monotonic()
    monkeypatch.setattr(server, "_is_ready", lambda: time.monotonic() - began_at > 3)
    recovering = threading.Thread(target=recover)
    recovering.start()
    try:
        server._make_data()
        is_up = server._try_start()
    finally:
        stop.set()
        recovering.join()
        server.stop()

    assert is_up


def test_server_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_server, "_SILENT_SECONDS", 1.0)
    server = PostgresServer(make_state_folder(tmp_path), is_durable=False)
    monkeypatch.setattr(server, "_is_ready", lambda: False)

    server._make_data()

    assert server._try_start() is False
    assert server.process is not None
    assert server.process.poll() is not None


def test_data_survive_the_servers_rest(postgres: EmbeddedServer, tmp_path: Path) -> None:
    write_row(postgres.acquire())
    server = server_of(tmp_path, "postgres")
    postgres.release()

    assert not is_alive(server)
    assert read_row(postgres.acquire()) == ("ñandú",)


def test_killed_postgres_comes_back_at_the_same_address(postgres: EmbeddedServer, tmp_path: Path) -> None:
    url = postgres.acquire()
    write_row(url)

    server_of(tmp_path, "postgres").kill()

    wait_for(lambda: read_row(url) == ("ñandú",))


def test_killed_redis_comes_back_at_the_same_address(redis_server: EmbeddedServer, tmp_path: Path) -> None:
    url = redis_server.acquire()
    server = server_of(tmp_path, "redis")

    server.kill()

    wait_for(lambda: not is_alive(server))
    wait_for(lambda: ping(url))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ties children to parents on Linux only")
def test_killed_keeper_leaves_no_server(postgres: EmbeddedServer, tmp_path: Path) -> None:
    write_row(postgres.acquire())
    server = server_of(tmp_path, "postgres")

    keeper_of(tmp_path, "postgres").kill()

    wait_for(lambda: not is_alive(server))
    assert read_row(postgres.ensure_running()) == ("ñandú",)


def test_everything_killed_at_once_is_recovered(postgres: EmbeddedServer, tmp_path: Path) -> None:
    url = postgres.acquire()
    write_row(url)
    keeper, server = keeper_of(tmp_path, "postgres"), server_of(tmp_path, "postgres")
    for process in (keeper, server):
        process.kill()
    wait_for(lambda: not is_alive(server))

    assert read_row(postgres.ensure_running()) == ("ñandú",)


def test_stale_pid_of_a_stranger_is_ignored_and_the_stranger_lives(postgres: EmbeddedServer, tmp_path: Path) -> None:
    write_row(postgres.acquire())
    postgres.release()
    stranger = subprocess.Popen(["sleep", "60"])
    data = tmp_path / "postgres" / "data"
    if not data.exists():
        pytest.skip("the data folder is elsewhere for root without user namespaces")
    (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1\n5432\n\n\n\nready\n", encoding="utf-8")

    try:
        assert read_row(postgres.acquire()) == ("ñandú",)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_server_stays_while_somebody_else_uses_it(postgres: EmbeddedServer, tmp_path: Path) -> None:
    write_row(postgres.acquire())
    other, _ = embedded_servers(tmp_path, is_durable=False)

    url = other.acquire()
    postgres.release()

    assert read_row(url) == ("ñandú",)
    assert postgres.is_used()
    other.release()
    assert not postgres.is_used()


def test_killed_user_is_not_waited_for(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], cwd=ROOT, env=own_environment(), stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline().startswith(b"postgresql://")
    processes = [keeper_of(tmp_path, service) for service in ("postgres", "redis")]
    processes += [server_of(tmp_path, service) for service in ("postgres", "redis")]

    holder.kill()
    holder.wait()
    holder.stdout.close()

    wait_for(lambda: not any(is_alive(process) for process in processes))


def test_two_starts_at_once_share_one_server(tmp_path: Path) -> None:
    holders = [
        subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(tmp_path)], cwd=ROOT, env=own_environment(), stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]

    urls = {holder.stdout.readline() for holder in holders if holder.stdout is not None}

    assert len(urls) == 1
    assert b"postgresql://" in urls.pop()
    keepers = [keeper_of(tmp_path, service) for service in ("postgres", "redis")]
    for holder in holders:
        holder.kill()
        holder.wait()
        assert holder.stdout is not None
        holder.stdout.close()
    wait_for(lambda: not any(is_alive(keeper) for keeper in keepers))


def test_named_servers_are_used_and_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/theirs")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/3")

    with running_servers(tmp_path) as servers:
        assert servers.variables() == {
            "DATABASE_URL": "postgresql://somebody@db.example/theirs",
            "REDIS_URL": "redis://cache.example/3",
        }

    assert [path.name for path in tmp_path.iterdir()] == []


def test_long_path_with_spaces_gets_a_short_socket(tmp_path: Path) -> None:
    state = make_state_folder(tmp_path / ("una carpeta, con 'todo' " * 4))
    socket_folder = make_socket_folder(state)

    with running_servers(state, is_durable=False) as servers:
        write_row(servers.database_url)
        assert ping(servers.redis_url)

    assert len(str(socket_folder)) < 80
    shutil.rmtree(socket_folder)


def test_data_of_another_version_are_refused_with_the_remedy(postgres: EmbeddedServer, tmp_path: Path) -> None:
    server = PostgresServer(make_state_folder(tmp_path), is_durable=False)
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("17\n", encoding="utf-8")

    with pytest.raises(DevtoolsError, match=r"made by PostgreSQL 17, this is 18; start over with ./dev demo --fresh"):
        postgres.acquire()


def test_fakeredis_stands_in_where_there_is_no_program(tmp_path: Path) -> None:
    server = RedisServer(make_state_folder(tmp_path), binaries=[])
    server.start()
    first = server.url

    with redis.from_url(first) as client:
        client.set("a", "1")
        assert client.eval("return redis.call('get', KEYS[1])", 1, "a") == b"1"
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    server.start()

    assert server.url == first
    assert ping(first)
    server.stop()
    assert server.process.returncode is not None


def test_program_that_does_not_work_is_passed_over(tmp_path: Path) -> None:
    server = RedisServer(make_state_folder(tmp_path), binaries=["/bin/false"])

    server.start()

    assert server.url.startswith("redis://127.0.0.1:")
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("user", ["namespace", "nobody"])
def test_root_can_run_it_with_and_without_user_namespaces(user: str, tmp_path: Path) -> None:
    if user == "namespace" and subprocess.run(["unshare", "--user", "--map-user=1000", "true"], check=False).returncode:
        pytest.skip("no user namespaces here")
    server = PostgresServer(make_state_folder(tmp_path), is_durable=False, user=user)  # type: ignore[arg-type]

    server.start()
    write_row(server.url)

    assert server.process is not None
    owner = psutil.Process(server.process.pid).uids().real
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    server.start()
    assert read_row(server.url) == ("ñandú",)
    server.stop()
    if user == "nobody":
        assert owner == 65534
        shutil.rmtree(server.data.parents[1])
