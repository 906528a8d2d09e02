"""How a web process ends: first it is taken out, then its door closes."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator

import pytest
import uvicorn

from config import server
from config.server import DrainingServer, notify
from edge import draining


@pytest.fixture(autouse=True)
def begin_anew() -> Iterator[None]:
    yield
    draining._IS_DRAINING.clear()


def make_server(drain_seconds: float) -> DrainingServer:
    return DrainingServer(uvicorn.Config("nothing:at_all"), drain_seconds=drain_seconds)


def ask(served: DrainingServer) -> bool:
    return asyncio.run(served.on_tick(1))


def test_process_that_is_asked_to_end_says_so_and_serves_on():
    served = make_server(60)

    assert (draining.is_draining(), ask(served)) == (False, False)
    served.handle_exit(signal.SIGTERM, None)

    assert (draining.is_draining(), ask(served)) == (True, False)


def test_process_ends_when_it_is_drained():
    served = make_server(0)

    served.handle_exit(signal.SIGTERM, None)

    assert (ask(served), served.force_exit) == (True, False)


@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGTERM, signal.SIGTERM]], ids=["Ctrl-C", "asked twice"])
def test_who_insists_does_not_wait(signals):
    served = make_server(60)

    for each in signals:
        served.handle_exit(each, None)

    assert ask(served) is True


@pytest.mark.parametrize("kind", ["@{}", "{}"], ids=["abstract", "file"])
def test_service_manager_is_told_where_it_listens(kind, tmp_path, monkeypatch):
    address = kind.format(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address.replace("@", "\0", 1))
        monkeypatch.setenv("NOTIFY_SOCKET", address)

        notify("READY=1")

        assert manager.recv(100) == b"READY=1"


def test_without_a_service_manager_nobody_is_told(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setattr(server.socket, "socket", None)

    notify("READY=1")


def test_process_says_to_the_service_manager_when_its_door_is_open(monkeypatch, tmp_path):
    async def open_the_door(served, sockets=None):
        served.started = is_free

    monkeypatch.setattr(uvicorn.Server, "startup", open_the_door)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "line"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "line"))
        line.setblocking(False)
        is_free = False
        asyncio.run(make_server(1).startup())
        with pytest.raises(BlockingIOError):
            line.recv(100)
        is_free = True
        asyncio.run(make_server(1).startup())
        assert line.recv(100) == b"READY=1"


def test_server_is_reached_by_its_proxy_alone_and_says_little(monkeypatch):
    ran: list[DrainingServer] = []

    def note(served: DrainingServer) -> None:
        ran.append(served)

    monkeypatch.setattr(DrainingServer, "run", note)

    server.main(["--port", "8001", "--proxy", "10.0.0.1,10.0.0.2", "--drain", "2.5"])

    (served,) = ran
    config = served.config
    assert (config.host, config.port, config.forwarded_allow_ips) == ("127.0.0.1", 8001, "10.0.0.1,10.0.0.2")
    assert (config.server_header, config.access_log, config.log_config) == (False, False, None)
    assert served._drain_seconds == 2.5
