"""The supervisor as a real process: what happens when it or its children are signalled."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config.environment import ROOT
from devtools.processes import is_alive, own_environment

_SCRIPT = Path(__file__).with_name("supervised.py")
_LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="the kernel ties children to parents on Linux only")


class Supervised:
    """A running ``supervised.py`` and what it printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder / "printed.txt"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(_SCRIPT), str(folder)], cwd=ROOT, env=own_environment(), stdout=log
            )

    @property
    def printed(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def find_pids(self, word: str) -> list[int]:
        return [int(number) for number in re.findall(rf"{word} (\d+)", self.printed)]

    def wait_until_up(self) -> None:
        wait_for(lambda: all(word in self.printed for word in ("steady   up", "pooled   pool", "slow up")))


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    running = Supervised(tmp_path)
    running.wait_until_up()
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def wait_for(condition: Callable[[], object], *, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def list_family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def list_survivors(family: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in family if is_alive(process)]


def test_killed_child_comes_back_by_itself(supervised: Supervised) -> None:
    (first,) = supervised.find_pids("up")

    psutil.Process(first).kill()

    wait_for(lambda: len(supervised.find_pids("up")) == 2)
    assert "ended (SIGKILL)" in supervised.printed
    assert psutil.pid_exists(supervised.find_pids("up")[1])


def test_killed_child_takes_its_own_children_along(supervised: Supervised) -> None:
    (pool,) = [psutil.Process(pid) for pid in supervised.find_pids("pool")]
    leader = pool.parent()
    assert leader is not None

    leader.kill()

    wait_for(lambda: not list_survivors([pool]))


def test_one_sigterm_stops_everything_in_order(supervised: Supervised) -> None:
    family = list_family(supervised.process)

    supervised.process.send_signal(signal.SIGTERM)

    assert supervised.process.wait(timeout=120) == 0
    assert list_survivors(family) == []
    assert supervised.printed.count("ended in order") == 1


def test_further_signals_change_nothing(supervised: Supervised) -> None:
    family = list_family(supervised.process)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        supervised.process.send_signal(number)
        time.sleep(0.1)

    assert supervised.process.wait(timeout=120) == 0
    assert list_survivors(family) == []
    assert supervised.printed.count("ended in order") == 1
    assert supervised.printed.rstrip().endswith("stopped")


@_LINUX_ONLY
def test_children_end_when_the_supervisor_is_killed(supervised: Supervised) -> None:
    children = psutil.Process(supervised.process.pid).children()

    supervised.process.kill()
    supervised.process.wait()

    wait_for(lambda: list_survivors(children) == [])


def test_next_start_ends_a_noted_leftover_and_nothing_else(tmp_path: Path) -> None:
    notes = tmp_path / "processes"
    notes.mkdir()
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    leftover, bystander = subprocess.Popen(sleep), subprocess.Popen(sleep)
    started = psutil.Process(leftover.pid).create_time()
    (notes / "web.pid").write_text(f"{leftover.pid} {started:.2f}\n")
    # A number that was reused: same pid, another start time.
    (notes / "beat.pid").write_text(f"{bystander.pid} {started - 5000:.2f}\n")

    running = Supervised(tmp_path)
    running.wait_until_up()

    try:
        assert leftover.wait(timeout=120) == -signal.SIGTERM
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
        running.process.terminate()
        running.process.wait()
