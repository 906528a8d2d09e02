"""How the drill follows the guide; the machine is a stand-in. The guide itself: `tests/architecture`."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPMessage
from pathlib import Path

import pytest

from devtools.drill import production
from devtools.drill.production import elsewhere, rotation
from devtools.drill.production.browser import Answer
from devtools.drill.production.guide import Step


class FakeMachine:
    """Notes what is run; lines that contain a word fail."""

    def __init__(self, failing: str = "\0", root: Path = Path()) -> None:
        self.failing, self.root = failing, root
        self.ran: list[tuple[str, bool, str]] = []

    def run(self, line: str, *, needs_network: bool = False, told: str = "") -> subprocess.CompletedProcess[str]:
        self.ran.append((line, needs_network, told))
        is_failing = self.failing in line
        is_quiet = "list-units" in line and not is_failing
        said = "" if is_quiet else f"said by {line.split(maxsplit=1)[0]}\nlast words"
        return subprocess.CompletedProcess([], int(is_failing), said)


def test_lines_are_run_as_they_stand_but_for_what_readers_fill_in(capsys: pytest.CaptureFixture[str]) -> None:
    machine = FakeMachine()
    lines = ("export SMTP_URL=theirs", "apt-get update", "turnero-manage create_operator a@b.example A", "true")

    assert production._run_steps(machine, [Step(line) for line in lines]) is True  # type: ignore[arg-type]

    assert machine.ran == [
        ("export SMTP_URL=smtp://127.0.0.1:1025", False, ""),
        ("apt-get update", True, ""),
        ("turnero-manage create_operator a@b.example A", False, production.OPERATORS_PASSWORD),
        ("true", False, ""),
    ]
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_line_that_fails_ends_the_drill_with_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    machine = FakeMachine("createdb")

    assert production._run_steps(machine, [Step("createdb x"), Step("true")]) is False  # type: ignore[arg-type]

    assert [line for line, _, _ in machine.ran if line == "true"] == []
    assert "this line of the guide failed (1):\nsaid by createdb" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("failing", "is_well", "held"),
    [("\0", True, "1 runbooks, 0"), ("rm --force", False, "1 runbooks, 1 do not hold  disk-full"),
     ("dd if=", False, "1 runbooks, 1"), ("umount /mnt", False, "1 runbooks, 1"), ("curl", False, "1 runbooks, 1")],
)  # fmt: skip
def test_runbook_holds_when_its_lines_do_and_the_business_answers(
    failing, is_well, held, tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = FakeMachine(failing)

    assert production.rehearse(machine, tmp_path, ["disk-full"]) is is_well  # type: ignore[arg-type]

    ran = [line for line, _, _ in machine.ran]
    assert held in capsys.readouterr().out
    assert ran[-1].startswith("curl --fail")  # the machine is asked whatever failed before
    if is_well:
        assert ran.index("rm /var/lib/postgresql/ballast") == next(
            at for at, line in enumerate(ran) if line.startswith("find /opt")) + 1  # fmt: skip


@pytest.mark.parametrize(
    ("failing", "is_well"), [("\0", True), ("pg_dump", False), ("pg_restore", False), ("caddy validate", False),
                            ("systemctl disable", False), ("--now turnero-migrate", False)],
)  # fmt: skip
def test_another_machine_takes_over_by_guide_and_runbook(failing, is_well, tmp_path, monkeypatch) -> None:
    first, second = (FakeMachine(failing, tmp_path / name) for name in ("first", "second"))
    for machine in (first, second):
        (machine.root / "root").mkdir(parents=True)
        (machine.root / "root" / "turnero.tar.gz").touch()
    for name in elsewhere.MOVES["new-node"].brought:
        (first.root / name.lstrip("/")).write_text(name)

    @contextmanager
    def run(*_: object, **__: object) -> Iterator[FakeMachine]:
        yield second

    monkeypatch.setattr(elsewhere, "running_machine", run)
    monkeypatch.setattr(elsewhere, "visit", lambda machine, *_: machine is second)

    assert production.rehearse(first, tmp_path, ["new-node"]) is is_well  # type: ignore[arg-type]

    there, here = ([line for line, _, _ in machine.ran] for machine in (second, first))
    assert here[-1].startswith("systemctl enable --now turnero-migrate")  # whatever failed before
    if is_well:
        assert (second.root / "root" / "turnero.dump").read_text() == "/root/turnero.dump"
        order = ["apt-get update", "systemctl daemon-reload", "tar --extract --gzip --file /root/turnero-s",
                 "rm /root/turnero.dump", "systemctl enable --now turnero-mi", "systemctl restart caddy"]  # fmt: skip
        places = [next(at for at, line in enumerate(there) if line.startswith(each)) for each in order]
        assert places == sorted(places)
        assert [line for line in there if "create_operator" in line or "systemctl disable" in line] == []
        assert len([line for line in here if line.startswith("systemctl disable")]) == 1


@pytest.mark.parametrize(
    ("said", "is_well"),
    [({}, True), ({rotation.OF_WEB: "399"}, False), ({rotation.OF_POSTGRESQL: "398"}, True),
     ({rotation.OPEN: "/var/log/postgresql/postgresql-15-main.log.1"}, False),
     ({rotation.OPEN: "/var/log/a.log\n/var/log/b.log (deleted)"}, False)],
)  # fmt: skip
def test_lines_that_are_lost_and_old_files_are_noticed(said, is_well) -> None:
    usual = {rotation.OF_WEB: "400", rotation.OF_POSTGRESQL: "400", rotation.OPEN: "/var/log/a.log"} | said

    class Machine:
        def run(self, line: str) -> subprocess.CompletedProcess[str]:
            return subprocess.CompletedProcess([], 0, usual.get(line, ""))

    assert rotation.look_at_logs(Machine()) is is_well  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("failing", "is_well"), [("\0", True), ("verify", False), ("--threshold", False), ("list-units", False)]
)
def test_units_that_systemd_doubts_fail_the_drill(failing, is_well, capsys: pytest.CaptureFixture[str]) -> None:
    assert production._look_at_units(FakeMachine(failing)) is is_well  # type: ignore[arg-type]

    assert ("FAIL" in capsys.readouterr().out) is not is_well


def test_answer_is_unpacked_and_searched() -> None:
    headers = HTTPMessage()
    answer = Answer(200, headers, '<a href="/a?x=1&amp;y=2">ñ</a>'.encode())

    assert (answer.text[-5:], answer.find('href="([^"]+)"')) == ("ñ</a>", "/a?x=1&y=2")
    with pytest.raises(LookupError, match="no 'nothing' in an answer with status 200"):
        answer.find("nothing")
