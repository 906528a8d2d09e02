"""``./dev demo`` as a person meets it, around a miniature of the product."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from config.environment import ROOT, child_environment
from devtools.processes import is_alive
from devtools.servers.folders import make_socket_folder
from devtools.servers.ports import take_port

_MINIATURE = Path(__file__).with_name("miniature")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout with our tools and a product of three files."""
    root = tmp_path_factory.mktemp("demo") / "una carpeta"
    config = root / "platform" / "config"
    (config / "settings").mkdir(parents=True)
    for room in ("devtools", "outgoing", "kernel"):  # the stand-in for Stripe posts its events like everybody
        shutil.copytree(ROOT / "platform" / room, root / "platform" / room)
    (config / "__init__.py").touch()
    (config / "settings" / "__init__.py").touch()
    for name in ("environment.py", "zones.py"):
        shutil.copy(ROOT / "platform" / "config" / name, config)
    for name in ("manage.py", "asgi.py", "celery.py", "settings/development.py"):
        shutil.copy(_MINIATURE / name, config / name)
    yield root
    for state in ("shared", "other"):
        shutil.rmtree(make_socket_folder(root / state))


class Demo:
    """One running ``./dev demo``."""

    def __init__(self, checkout: Path, *arguments: str, state: str = "other") -> None:
        self.port = take_port()
        self._log = checkout / f"printed-{time.monotonic_ns()}.txt"
        environment = child_environment(
            PYTHONPATH=f"{checkout}{os.pathsep}{checkout / 'platform'}",
            DATABASE_URL=None,
            REDIS_URL=None,
            TURNERO_STATE_DIR=str(checkout / state),
        )
        command = [sys.executable, "-m", "devtools", "demo", "--port", str(self.port), *arguments]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=checkout, env=environment, stdout=log, stderr=log)

    @property
    def printed(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def catcher_port(self) -> int:
        match = re.search(r"\(e-mail, SMS\): http://localhost:(\d+)/", self.printed)
        assert match is not None
        return int(match[1])

    def wait_until_ready(self) -> None:
        wait_for(lambda: "Ctrl-C stops everything." in self.printed or self.process.poll() is not None)
        assert self.process.poll() is None, self.printed

    def find(self, word: str) -> psutil.Process:
        """The first process below the demo with ``word`` in its command line."""
        wait_for(lambda: self._find(word))
        return self._find(word)[0]

    def find_leaf(self, word: str) -> psutil.Process:
        """As ``find``, but not the keeper of an embedded server."""
        return next(process for process in self._find(word) if "devtools.servers.keeper" not in process.cmdline())

    def _find(self, word: str) -> list[psutil.Process]:
        found = []
        for process in self.family():
            with contextlib.suppress(psutil.Error):
                if is_alive(process) and word in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def get(self, path: str, *, port: int | None = None) -> str:
        connection = HTTPConnection("127.0.0.1", port or self.port, timeout=60)
        connection.request("GET", path, headers={"Host": f"localhost:{port or self.port}"})
        response = connection.getresponse()
        assert response.status == 200
        return response.read().decode()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=120)


@pytest.fixture(scope="module")
def demo(checkout: Path) -> Iterator[Demo]:
    """One demo for the tests that it outlives."""
    running = Demo(checkout, state="shared")
    running.wait_until_ready()
    yield running
    running.stop()


def wait_for(condition: Callable[[], object], *, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def start_number(demo: Demo) -> int:
    match = re.search(r"^login ana@taller.example, start number (\d+)$", demo.printed, re.MULTILINE)
    assert match is not None
    return int(match[1])


def test_greets_stops_and_keeps_the_data(checkout: Path) -> None:
    first = Demo(checkout, "--fresh")
    first.wait_until_ready()
    family = first.family()

    assert f"Turnero runs at http://localhost:{first.port}/" in first.printed
    assert first.get("/healthz") == "ok"
    assert start_number(first) == 1
    assert first.stop() == 0
    assert [process for process in family if is_alive(process)] == []

    second = Demo(checkout)
    second.wait_until_ready()
    assert start_number(second) == 2
    second.stop()

    third = Demo(checkout, "--fresh")
    third.wait_until_ready()
    assert start_number(third) == 1
    third.stop()


def test_mail_of_the_product_ends_in_the_catcher(demo: Demo) -> None:
    demo.get("/mail")

    messages = json.loads(demo.get("/api/messages?to=b@example.com", port=demo.catcher_port))["messages"]

    assert [message["subject"] for message in messages][:1] == ["hello"]


def test_second_demo_is_refused_in_one_line(demo: Demo, checkout: Path) -> None:
    second = Demo(checkout, state="shared")

    assert second.process.wait(timeout=120) == 1
    place = f"{checkout / 'shared'}: http://localhost:{demo.port}/ (process {demo.process.pid})"
    assert second.printed == f"./dev: a demo already runs on {place}; stop it with Ctrl-C there\n"
    assert demo.get("/healthz") == "ok"


@pytest.mark.parametrize("word", [" worker", "uvicorn", "devtools.catcher", "devtools.stripe_server"])
def test_killed_part_comes_back_by_itself(demo: Demo, word: str) -> None:
    killed = demo.find(word)

    killed.kill()

    wait_for(lambda: not is_alive(killed))
    wait_for(lambda: demo.find(word).pid != killed.pid)


def test_tasks_are_done_again_after_redis_and_worker_were_killed(demo: Demo) -> None:
    starts = demo.printed.count(" ready.")
    for word in ("redis", " worker"):
        demo.find_leaf(word).kill()
    wait_for(lambda: demo.printed.count(" ready.") > starts)

    def is_done() -> bool:
        demo.get("/task")
        return "succeeded" in demo.printed

    wait_for(is_done)


def test_nothing_is_left_after_the_demo_was_killed_and_the_next_one_starts(checkout: Path) -> None:
    first = Demo(checkout)
    first.wait_until_ready()
    family = first.family()

    first.process.kill()
    first.process.wait()

    wait_for(lambda: not any(is_alive(process) for process in family))
    second = Demo(checkout)
    second.wait_until_ready()
    assert start_number(second) > 1
    second.stop()


def test_signals_during_the_stop_change_nothing(checkout: Path) -> None:
    running = Demo(checkout)
    running.wait_until_ready()
    family = running.family()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
        running.process.send_signal(number)
        time.sleep(0.2)

    assert running.process.wait(timeout=120) == 0
    assert [process for process in family if is_alive(process)] == []


def test_signal_while_it_starts_stops_it(checkout: Path) -> None:
    running = Demo(checkout)
    wait_for(lambda: "migrate" in running.printed or "sample" in running.printed or "catcher" in running.printed)
    family = running.family()

    assert running.stop() == 0
    assert [process for process in family if is_alive(process)] == []
