"""Figures of several processes are one sum: of the living and the dead, past files that nobody can read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from config.environment import ROOT, child_environment
from telemetry.meters import OWN
from telemetry.reading import ProcessCollector

COUNTING = """
import os, sys
from pathlib import Path
from telemetry import living, meters
service, times, pause = sys.argv[1], int(sys.argv[2]), sys.argv[3]
living.stay_known(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
for _ in range(times):
    meters.note_request(route="home", part="page", method="GET", status=200, seconds=0.3)
meters.note_process(service=service, pool={"pool_size": 2, "requests_waiting": 1}, peak_bytes=times)
print("counted", flush=True)
if pause == "wait":
    sys.stdin.read()
"""
FORKING = """
import os
from telemetry import meters
meters.note_message(channel="sms", outcome="sent")
child = os.fork()
for _ in range(2 if child else 3):
    meters.note_message(channel="sms", outcome="sent")
    meters.note_message(channel="email", outcome="sent")
if child:
    os.waitpid(child, 0)
"""
WEB, WORKER = {"unit": "web"}, {"unit": "worker"}
HOME = {"route": "home", "method": "GET", "status": "2xx", **WEB}


def start(folder: Path, service: str, times: int, *, stays: bool = False) -> subprocess.Popen[str]:
    own = folder / service
    own.mkdir(exist_ok=True)
    environment = child_environment(PYTHONPATH=f"{ROOT}:{ROOT / 'platform'}", PROMETHEUS_MULTIPROC_DIR=str(own))
    command = [sys.executable, "-c", COUNTING, service, str(times), "wait" if stays else "end"]
    child = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "counted\n"
    return child


def read(folder: Path | None) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ProcessCollector(folder))
    return registry


@pytest.fixture
def counted(tmp_path) -> Path:
    """Two web processes, one of which was killed, and a worker that ended."""
    living, killed, ended = (
        start(tmp_path, "web", 2, stays=True),
        start(tmp_path, "web", 3, stays=True),
        start(tmp_path, "worker", 4),
    )
    killed.kill()
    for child in (killed, ended):
        child.communicate()
    yield tmp_path
    living.communicate()


def test_counts_of_a_unit_are_added_up_and_gauges_are_those_of_the_living(counted):
    figures = read(counted)

    assert figures.get_sample_value("turnero_requests_total", HOME) == 5
    assert figures.get_sample_value("turnero_requests_total", {**HOME, **WORKER}) == 4
    assert figures.get_sample_value("turnero_request_seconds_count", {"part": "page", **WEB}) == 5
    assert figures.get_sample_value("turnero_request_seconds_bucket", {"part": "page", "le": "0.25", **WEB}) == 0
    assert figures.get_sample_value("turnero_request_seconds_bucket", {"part": "page", "le": "0.5", **WEB}) == 5
    assert [figures.get_sample_value("turnero_pool_size", unit) for unit in (WEB, WORKER)] == [2, None]
    assert figures.get_sample_value("turnero_process_peak_bytes", {"service": "web", **WEB}) == 2
    assert figures.get_sample_value("turnero_process_peak_bytes", {"service": "worker", **WORKER}) is None


def test_unit_that_begins_anew_takes_nothing_from_the_counts_of_others(counted):
    for path in (counted / "web").glob("*.db"):
        path.unlink()

    figures = read(counted)

    assert figures.get_sample_value("turnero_requests_total", {**HOME, **WORKER}) == 4
    assert figures.get_sample_value("turnero_requests_total", HOME) is None


def test_each_figure_is_told_once_for_all_units(counted):
    text = generate_latest(read(counted)).decode()

    assert text.count("# TYPE turnero_requests_total counter\n") == 1
    assert len(text.split("turnero_requests_total{")) == 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"\x40\x00\x00\x00" + b"\x00" * 4 + b"\xf0\xff\x00\x00" + b"x" * 60,
        b"\x40\x00\x00\x00" + b"\x00" * 4 + b"\x14\x00\x00\x00" + b"\xff" * 52,
    ],
    ids=["empty", "cut off", "too long", "no text"],
)
def test_file_that_nobody_can_read_takes_no_other_along(counted, content, caplog):
    broken = counted / "web" / "counter_1.db"
    broken.write_bytes(content)
    (whole,) = (counted / "worker").glob("counter_*.db")
    (counted / "worker" / "counter_2.db").write_bytes(whole.read_bytes().replace(b'["', b"[["))

    figures = read(counted)

    assert figures.get_sample_value("turnero_requests_total", HOME) == 5
    assert figures.get_sample_value("turnero_requests_total", {**HOME, **WORKER}) == 4
    assert {record.file for record in caplog.records if record.msg == "figures_unreadable"} == {
        "counter_1.db", "counter_2.db"
    }  # fmt: skip


def test_file_of_a_gauge_whose_process_nobody_can_name_does_not_count(counted):
    (counted / "web" / "gauge_livesum_x.db").write_bytes(b"\xff" * 100)
    (counted / "web" / f"gauge_livesum_{10**30}.db").write_bytes(b"\xff" * 100)

    assert read(counted).get_sample_value("turnero_pool_size", WEB) == 2


def test_folder_that_is_empty_has_no_figures(tmp_path):
    assert list(read(tmp_path).collect()) == []


def test_process_without_a_folder_tells_its_own():
    assert [metric.name for metric in read(None).collect()] == [metric.name for metric in OWN.collect()]


def test_process_that_forks_counts_for_itself_and_so_does_the_new_one(tmp_path):
    (tmp_path / "worker").mkdir()
    environment = child_environment(
        PYTHONPATH=f"{ROOT}:{ROOT / 'platform'}", PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "worker")
    )

    subprocess.run([sys.executable, "-c", FORKING], env=environment, check=True)

    figures = read(tmp_path)
    assert figures.get_sample_value("turnero_messages_total", {"channel": "sms", "outcome": "sent", **WORKER}) == 6
    assert figures.get_sample_value("turnero_messages_total", {"channel": "email", "outcome": "sent", **WORKER}) == 5
    assert len(list(tmp_path.glob("worker/counter_*.db"))) == 2
