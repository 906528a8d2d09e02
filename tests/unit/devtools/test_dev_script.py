"""``./dev`` before anything is installed: what it decides, and the one line that it says."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from config.environment import ROOT


@pytest.fixture
def script(tmp_path: Path) -> ModuleType:
    """The script as a module, pointed at a checkout of its own."""
    loader = importlib.machinery.SourceFileLoader("dev_script", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    module.ROOT = tmp_path
    module.VENV = tmp_path / ".venv"
    module.PYTHON = tmp_path / ".venv" / "bin" / "python"
    module.STAMP = tmp_path / ".venv" / ".turnero-stamp"
    module.UNFINISHED = tmp_path / ".venv" / ".turnero-unfinished"
    module.PRIVATE = tmp_path / ".turnero"
    module.LOG = tmp_path / ".turnero" / "setup.log"
    module.PRIVATE.mkdir()
    for lock in module.LOCKS.values():
        (tmp_path / lock).write_text(f"# {lock}\n", encoding="utf-8")
    return module


def make_python(script: ModuleType, body: str) -> None:
    """Put a program in the place of ``.venv/bin/python``."""
    script.PYTHON.parent.mkdir(parents=True, exist_ok=True)
    script.PYTHON.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    script.PYTHON.chmod(0o755)


def stamp(script: ModuleType, kind: str, **changes: str) -> None:
    make_python(script, "exit 0")
    content = {"kind": kind, "lock": script.lock_digest(kind), "python": script.python_version()} | changes
    script.STAMP.write_text(json.dumps(content), encoding="utf-8")


def run_script(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "dev"), *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_usage_names_every_command(script: ModuleType) -> None:
    answer = run_script("--help")

    assert answer.returncode == 0
    assert [name for name in script.COMMANDS if f"./dev {name}" not in answer.stdout] == []


def test_unknown_command_is_one_line() -> None:
    answer = run_script("dmeo")

    assert answer.returncode == 1
    assert answer.stderr.startswith("./dev: unknown command 'dmeo'; one of: demo, test")
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("installed", "wanted", "is_ready"),
    [("dev", "dev", True), ("dev", "demo", True), ("demo", "demo", True), ("demo", "dev", False)],
)
def test_larger_set_satisfies_the_smaller_one(script: ModuleType, installed: str, wanted: str, is_ready: bool) -> None:
    stamp(script, installed)

    assert script.is_ready(wanted) is is_ready


def test_changed_lock_file_asks_for_another_installation(script: ModuleType) -> None:
    stamp(script, "dev")
    (script.ROOT / "requirements-dev.txt").write_text("# another\n", encoding="utf-8")

    assert not script.is_ready("dev")


def test_other_python_asks_for_another_environment(script: ModuleType) -> None:
    stamp(script, "dev", python="3.99")
    make_python(script, "echo True 3.99")

    assert not script.is_ready("demo")
    assert not script.is_usable_venv()


def test_copy_of_hard_links_leaves_the_scripts_of_the_first_alone(script: ModuleType, tmp_path: Path) -> None:
    make_python(script, "exit 0")
    tool = script.PYTHON.with_name("tool")
    tool.write_text("#!/first/bin/python3\nwork()\n", encoding="utf-8")
    tool.chmod(0o755)
    first = tmp_path / "first"
    os.link(tool, first)

    script.point_scripts_here()

    assert first.read_text(encoding="utf-8") == "#!/first/bin/python3\nwork()\n"
    assert str(script.PYTHON) in tool.read_text(encoding="utf-8")
    assert os.access(tool, os.X_OK)


def test_interrupted_installation_is_not_trusted(script: ModuleType) -> None:
    make_python(script, f"echo True {script.python_version()}")
    assert script.is_usable_venv()

    script.UNFINISHED.touch()

    assert not script.is_usable_venv()


@pytest.mark.parametrize("content", ["", "{", "[]", "null"])
def test_broken_stamp_is_no_stamp(script: ModuleType, content: str) -> None:
    stamp(script, "dev")
    script.STAMP.write_text(content, encoding="utf-8")

    assert not script.is_ready("demo")


def test_half_made_environment_is_removed_and_explained(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    # What Debian's Python does without python3-venv: a folder, this text, exit code 1.
    fake = script.ROOT / "python3"
    fake.write_text(
        '#!/bin/sh\nmkdir -p "$3/bin"\n'
        "echo 'The virtual environment was not created successfully because ensurepip is not available.'\nexit 1\n",
        encoding="utf-8",
    )
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))

    with pytest.raises(script.SetupError, match="apt install python3-venv"):
        script.make_venv(has_uv=False)

    assert not script.VENV.exists()


def test_failed_installation_is_one_line_and_tried_anew(script: ModuleType) -> None:
    make_python(script, 'case "$*" in *"pip install"*) echo "ERROR: No matching distribution found"; exit 1;; esac')

    with pytest.raises(script.SetupError) as failure:
        script.install("demo", None)

    assert "could not install requirements-demo.txt (ERROR: No matching distribution found)" in str(failure.value)
    assert "\n" not in str(failure.value)
    assert script.UNFINISHED.exists()


def test_pip_steps_in_when_uv_cannot(script: ModuleType) -> None:
    make_python(script, "exit 0")

    script.install("demo", "/bin/false")

    log = script.LOG.read_text(encoding="utf-8")
    assert "/bin/false pip install" in log
    assert "-m pip install" in log
    assert "--require-hashes" in log
    assert not script.UNFINISHED.exists()


@pytest.mark.parametrize("home", [None, "", "/nonexistent/home"])
def test_missing_home_gets_a_substitute(script: ModuleType, home: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if home is None:
        monkeypatch.delenv("HOME", raising=False)
    else:
        monkeypatch.setenv("HOME", home)

    script.give_a_home()

    assert os.environ["HOME"] == str(script.PRIVATE / "home")
    assert (script.PRIVATE / "home").is_dir()


def test_second_set_up_waits_for_the_first(script: ModuleType) -> None:
    code = (
        "import fcntl, sys, time; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX);"
        " print('locked', flush=True); time.sleep(0.5)"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(script.PRIVATE / "setup.lock")], stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "locked\n"

    with script.setup_lock():
        assert first.wait(timeout=5) == 0
    first.stdout.close()


def test_read_only_folder_is_one_line(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write everywhere, and the tests run as root too: say what another user would hear.
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(script.SetupError, match="read-only"), script.setup_lock():
        pass


def test_unreadable_lock_file_is_one_line(script: ModuleType) -> None:
    (script.ROOT / "requirements-demo.txt").unlink()

    with pytest.raises(OSError, match=r"requirements-demo\.txt"):
        script.prepare("demo")

    assert not script.VENV.exists()


def install_script(script: ModuleType, first_lines: str) -> Path:
    """Put a console script into ``.venv/bin`` whose program says where it found ``kernel`` and ``platform``."""
    script.make_venv(has_uv=True)
    for package in ("kernel", "platform/accounts"):
        (script.ROOT / package).mkdir(parents=True)
        (script.ROOT / package / "__init__.py").touch()
    path = script.PYTHON.parent / "where"
    program = (
        "import accounts, kernel, platform\nprint(kernel.__file__, accounts.__file__, platform.python_version())\n"
    )
    path.write_text(f"{first_lines}\n{program}", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    "first_lines",
    ["#!{python}", "#!/old place/.venv/bin/python3.11", "#!/bin/sh\n'''exec' \"/old/python3\" \"$0\" \"$@\"\n' '''"],
)
def test_bare_scripts_find_the_packages_of_this_checkout(
    script: ModuleType, first_lines: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    path = install_script(script, first_lines.format(python=script.PYTHON))

    script.settle()
    script.settle()

    answer = subprocess.run([path], cwd="/", capture_output=True, text=True, check=True)
    root = script.ROOT
    found = [f"{root}/kernel/__init__.py", f"{root}/platform/accounts/__init__.py", sys.version.split()[0]]
    assert answer.stdout.split() == found


def test_moved_checkout_finds_its_own_packages(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    old = tmp_path / "first"
    old.mkdir()
    new = tmp_path / "another place"
    for root in (old, new):
        script.ROOT, script.VENV, script.PYTHON = root, root / ".venv", root / ".venv" / "bin" / "python"
        if root == old:
            install_script(script, f"#!{script.PYTHON}")
        else:
            old.rename(new)
        script.settle()

    answer = subprocess.run([script.PYTHON.parent / "where"], cwd="/", capture_output=True, text=True, check=True)
    assert answer.stdout.startswith(f"{new}/kernel/__init__.py {new}/platform/accounts/__init__.py ")


def test_commands_keep_their_bytecode_whatever_the_container_says(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp(script, "dev")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.chdir(script.ROOT)
    seen: dict[str, str] = {}
    monkeypatch.setattr(os, "execv", lambda *_: seen.update(os.environ))

    script.main(["test"])

    assert seen["PYTHONPATH"].startswith(str(script.ROOT))
    assert "PYTHONDONTWRITEBYTECODE" not in seen


def test_linked_environment_stays_that_of_its_checkout(script: ModuleType, tmp_path: Path) -> None:
    path = install_script(script, f"#!{script.PYTHON}")
    script.settle()
    kept = {file: file.read_bytes() for file in (path, *script.VENV.rglob("turnero.pth"))}
    second = tmp_path / "second"
    second.mkdir()
    (second / ".venv").symlink_to(script.VENV)

    script.ROOT, script.VENV, script.PYTHON = second, second / ".venv", second / ".venv" / "bin" / "python"
    script.settle()

    assert len(kept) == 2
    assert {file: file.read_bytes() for file in kept} == kept


def test_folder_of_somebody_else_is_left_as_it_is(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp(script, "demo")

    script.settle()

    assert not list(script.VENV.rglob("*.pth"))
