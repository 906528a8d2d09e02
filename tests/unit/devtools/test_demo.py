"""Decisions of ``./dev demo`` before anything runs."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import pytest

from devtools.demo.parts import DemoParts
from devtools.demo.run import _greet, choose_web_port, describe_running, start_over
from devtools.errors import DevtoolsError
from devtools.servers.embedded import Servers
from devtools.servers.folders import empty_state
from devtools.servers.locks import FileLock
from devtools.servers.ports import take_port, take_port_from
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET
from devtools.supervising.output import Output
from devtools.terminal import make_printable

_SERVERS = Servers(
    database_url="postgresql://turnero@/turnero?host=/state/s&port=5432", redis_url="unix:///state/s/redis.sock?db=0"
)


def test_named_port_that_is_taken_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(DevtoolsError, match=f"port {port} is taken"):
            choose_web_port(port)
        assert take_port_from(port) > port


def test_named_port_that_is_free_is_used() -> None:
    port = take_port()

    assert choose_web_port(port) == port


def test_port_chosen_by_another_process_is_not_chosen_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    first = take_port()
    other = FileLock(tmp_path / f"turnero-ports-{os.getuid()}" / f"{first + 1}.lock")
    assert other.try_exclusive()

    # Nobody listens on any of them yet.
    chosen = take_port_from(first)
    other.release()

    assert chosen > first + 1


def test_fresh_in_a_foreign_database_needs_a_yes(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()

    with pytest.raises(DevtoolsError, match="add --yes"):
        start_over(tmp_path, is_external=True, is_sure=False)

    assert (tmp_path / "kept").exists()


def test_fresh_keeps_locks_and_other_commands_files(tmp_path: Path) -> None:
    for name in ("postgres", "catcher", "logs", "test", "home"):
        (tmp_path / name).mkdir()
    for name in ("demo.lock", "setup.lock", "redis.json"):
        (tmp_path / name).touch()

    empty_state(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.lock", "home", "setup.lock", "test"]


def test_running_demo_is_described_in_one_line(tmp_path: Path) -> None:
    assert describe_running(tmp_path) == f"a demo is already starting or stopping on {tmp_path}"

    (tmp_path / "demo.json").write_text('{"pid": 12, "url": "http://localhost:8000/"}', encoding="utf-8")

    assert "http://localhost:8000/ (process 12)" in describe_running(tmp_path)


def test_money_of_the_demo_reaches_the_stand_in_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNERO_STRIPE_KEY", "sk_live_real")
    monkeypatch.setenv("TURNERO_STRIPE_URL", "https://api.stripe.example")
    parts = DemoParts(
        state=tmp_path, servers=_SERVERS, web_port=8001, smtp_port=1026, catcher_port=8026, stripe_port=12112
    )

    environment = parts.web().environment

    assert {name: value for name, value in environment.items() if name.startswith("TURNERO_STRIPE")} == {
        "TURNERO_STRIPE_KEY": API_KEY,
        "TURNERO_STRIPE_URL": "http://127.0.0.1:12112",
        "TURNERO_STRIPE_WEBHOOK_SECRETS": SECRET,
        "TURNERO_STRIPE_NOTICE_SECRETS": NOTICE_SECRET,
    }
    assert parts.stripe().command[-7:] == [
        str(tmp_path / "stripe"), "--port", "12112",
        "--events", "http://localhost:8001/webhooks/stripe/events/",
        "--notices", "http://localhost:8001/webhooks/stripe/notices/",
    ]  # fmt: skip


def test_children_can_send_to_the_catcher_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNERO_SMTP_URL", "smtps://real:secret@mail.example:465")
    monkeypatch.setenv("TURNERO_SMS_URL", "https://carrier.example")
    parts = DemoParts(
        state=tmp_path, servers=_SERVERS, web_port=8001, smtp_port=1026, catcher_port=8026, stripe_port=12112
    )

    environment = parts.web().environment

    assert environment["TURNERO_SMTP_URL"] == "smtp://127.0.0.1:1026"
    assert environment["TURNERO_SMS_URL"] == "http://127.0.0.1:8026"
    assert environment["TURNERO_PLATFORM_HOST"] == "localhost:8001"
    assert environment["DATABASE_URL"] == _SERVERS.database_url


def test_greeting_says_first_where_messages_land(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = DemoParts(
        state=tmp_path, servers=_SERVERS, web_port=8001, smtp_port=1026, catcher_port=8026, stripe_port=12112
    )

    _greet(parts, ["Taller: http://taller.localhost:8001/"])

    assert [line for line in capsys.readouterr().out.splitlines() if line][:2] == [
        "Turnero runs at http://localhost:8001/",
        "What was sent (e-mail, SMS): http://localhost:8026/",
    ]


def test_lock_is_exclusive_then_shared(tmp_path: Path) -> None:
    one, other = FileLock(tmp_path / "a.lock"), FileLock(tmp_path / "a.lock")

    assert one.try_exclusive()
    assert not other.try_shared()
    one.release()
    assert one.try_shared()
    assert other.try_shared()
    assert not FileLock(tmp_path / "a.lock").try_exclusive()
    one.release()
    other.release()


def test_output_joins_pieces_and_tells_streams_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("web", tmp_path)

    output.feed(b"first li")
    output.feed(b"log\n", "err")
    output.feed(b"ne\nlast")
    output.close()

    assert capsys.readouterr().out == "web      log\nweb      first line\nweb      last\n"
    assert list(output.answers) == ["first line", "last"]
    assert output.path.read_bytes() == b"first lilog\nne\nlast\n"


def test_logged_input_cannot_drive_the_terminal() -> None:
    assert make_printable("a\x1b]0;title\x07b\tñ") == "a\N{REPLACEMENT CHARACTER}]0;title\N{REPLACEMENT CHARACTER}b\tñ"
