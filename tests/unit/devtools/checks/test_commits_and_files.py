"""Checks that need git: what they refuse, and what they say without it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from devtools.checks import commits, files
from devtools.checks.run import Check, run_check


def git(folder: Path, *arguments: str) -> str:
    identity = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / ".gitignore").write_text("*.mo\n")
    (tmp_path / "dev").write_text("")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "a beginning that nobody checks, longer than sixty characters by far")
    return tmp_path


@pytest.mark.parametrize(
    ("subject", "faults"),
    [
        ("Scheduling: Refuse holds in the past", 0),
        ("The API: Seed idempotency keys by caller", 0),
        ("Scheduling: Refuse " + "e" * 41, 0),
        ("Scheduling: Refuse " + "e" * 42, 1),
        ("Refuse holds in the past", 1),
        ("Scheduling: refuse holds in the past", 1),
        ("Scheduling: Refuse holds in the past.", 1),
        ("Scheduling: Refused holds in the past", 1),
        ("Scheduling: Refusing holds in the past", 1),
        ("scheduling: refused holds in the past, whatever the day may be, for ever", 2),
    ],
)
def test_subject_is_short_and_says_the_room(subject: str, faults: int) -> None:
    assert len(list(commits.list_faults(subject))) == faults


def test_commits_are_checked_from_the_beginning_on(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beginning = git(checkout, "rev-parse", "HEAD")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "Web: Say the day")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "said the day")

    assert commits.check(checkout, beginning) == 1

    assert capsys.readouterr().out.splitlines()[0].endswith(" said the day")


def test_shallow_history_is_told(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commits.check(checkout, "0123abcd") == 0

    assert "does not reach back to 0123abcd" in capsys.readouterr().out


@pytest.mark.parametrize("check", [commits.check, files.check])
def test_archive_without_git_is_told(check, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path) == 0

    assert "no git here" in capsys.readouterr().out


def test_checkout_of_somebody_else_is_no_checkout_of_ours(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "inner").mkdir()

    assert files.check(checkout / "inner") == 0

    assert "no git here" in capsys.readouterr().out


def test_machine_without_git_is_told(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(checkout))

    assert files.check(checkout) == 0

    assert "no git here" in capsys.readouterr().out


def test_junk_is_found(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert files.check(checkout) == 0
    (checkout / "django.mo").write_text("")
    git(checkout, "add", "-f", "django.mo")
    (checkout / "platform").mkdir()
    (checkout / "platform" / "views.py.orig").write_text("")
    (checkout / "notes.md").write_text("")
    (checkout / ".editor").write_text("")

    assert files.check(checkout) == 4

    assert sorted(capsys.readouterr().out.splitlines()) == [
        "django.mo is tracked and ignored",
        "django.mo: the top of the checkout holds what the owner fixed",
        "notes.md: the top of the checkout holds what the owner fixed",
        "platform/views.py.orig was made by a tool or by chance",
    ]


def test_note_of_a_clean_check_is_shown_where_it_may_have_looked_away() -> None:
    command = ("-c", "print('no git here'); print('not checked')")

    notes = [run_check(Check("x", command, has_notes=has_notes)).note for has_notes in (True, False)]

    assert notes == ["no git here not checked", ""]
