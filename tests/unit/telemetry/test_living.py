"""A process is known to live by a lock of its own, wherever it runs and whatever its number is."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread

import pytest

from config.environment import ROOT, child_environment
from telemetry import living
from telemetry.living import is_living, stay_known

FORKING = """
import os, sys
from pathlib import Path
from telemetry.living import stay_known
stay_known(Path(sys.argv[1]))
if os.fork() == 0:
    stay_known(Path(sys.argv[1]))
    print(os.getpid(), flush=True)
    sys.stdin.read()
else:
    # Its parent ends first, once it has said so.
    os._exit(0)
"""


@pytest.fixture(autouse=True)
def nobody_known(monkeypatch):
    monkeypatch.setattr(living, "_own", None)
    yield
    if living._own is not None:
        living._own[1].close()


def test_process_lives_as_long_as_it_holds_its_lock(tmp_path):
    own = str(os.getpid())
    before = is_living(tmp_path, own)

    stay_known(tmp_path)
    stay_known(tmp_path)

    assert (before, is_living(tmp_path, own), is_living(tmp_path, own)) == (False, True, True)
    living._own[1].close()
    assert not is_living(tmp_path, own)


def test_threads_that_count_first_at_the_same_moment_hold_one_lock(tmp_path, monkeypatch):
    both = Barrier(2)
    taken = []

    def meet(file, _how):
        taken.append(file)
        with suppress(BrokenBarrierError):
            both.wait(0.5)  # of the two, one must not come here

    monkeypatch.setattr(living, "flock", meet)
    threads = [Thread(target=stay_known, args=(tmp_path,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert taken == [living._own[1]]


def test_process_of_another_folder_with_the_same_number_is_another_one(tmp_path):
    web, worker = tmp_path / "web", tmp_path / "worker"
    web.mkdir()
    worker.mkdir()

    stay_known(web)

    own = str(os.getpid())
    assert (is_living(web, own), is_living(worker, own)) == (True, False)


@pytest.mark.parametrize("pid", ["", "x", str(10**30), "1"])
def test_process_that_never_held_a_lock_does_not_live(tmp_path, pid):
    assert not is_living(tmp_path, pid)


def test_process_without_a_folder_holds_nothing():
    stay_known(None)

    assert living._own is None


def test_lock_of_the_process_that_forked_is_left(tmp_path, monkeypatch):
    with (tmp_path / "process_1.lock").open("ab") as inherited:
        monkeypatch.setattr(living, "_own", (1, inherited))

        stay_known(tmp_path)

        assert (inherited.closed, is_living(tmp_path, str(os.getpid()))) == (True, True)


def test_child_that_was_forked_holds_its_own_lock_and_not_its_parents(tmp_path):
    environment = child_environment(PYTHONPATH=str(ROOT / "platform"))
    command = [sys.executable, "-c", FORKING, str(tmp_path)]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        child = parent.stdout.readline().strip()
        parent.wait()

        assert (is_living(tmp_path, child), is_living(tmp_path, str(parent.pid))) == (True, False)
