"""A fresh Debian 12 that runs systemd, in a folder of its own: nothing of it touches the machine around it.

``systemd-nspawn`` starts it with its own processes, files and network, so that PostgreSQL, Redis,
Caddy and we may take their usual ports. It has no way out: commands that fetch something run with
its files, but in the network around it.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from config.environment import child_environment
from devtools.errors import DevtoolsError
from devtools.processes import end_child, tether

TOOLS = ("debootstrap", "systemd-nspawn", "nsenter")
BASE_PACKAGES = "ca-certificates,systemd,dbus"
START_SECONDS = 60.0
MEMORY = "/root/.guide"
"""Where the variables that the guide exports are kept between its commands."""

_NAMES = ("PIP_", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
_SURROUNDINGS = (
    "/etc/resolv.conf", "/etc/pip.conf", "/root/.config/pip", "/etc/apt/sources.list.d/debian.sources",
    "/etc/apt/apt.conf.d", "/usr/local/share/ca-certificates", "/etc/ssl/certs/ca-certificates.crt",
)  # fmt: skip
"""How the machine around reaches its mirrors."""
_SCRIPT = """set -euo pipefail
[ ! -f {memory} ] || . {memory}
cd /root
{line}
export -p > {memory}
"""


class Machine:
    """The running Debian."""

    def __init__(self, root: Path, process: subprocess.Popen[bytes]) -> None:
        self.root = root
        self._process = process
        self._leader = _find_leader(process)

    def run(self, line: str, *, needs_network: bool = False, told: str = "") -> subprocess.CompletedProcess[str]:
        """Run one line of the guide as root; what it exports is there for the next one.

        Args:
            line: A command for the shell.
            needs_network: It may reach what the machine around reaches.
            told: What it reads from its standard input.
        """
        spaces = ["--mount", "--uts", "--ipc", "--pid", *([] if needs_network else ["--net"])]
        script = _SCRIPT.format(memory=MEMORY, line=line)
        return subprocess.run(
            [*self._enter(spaces), "--root", "--wd", "bash", "-c", script],
            env=_make_environment(needs_network=needs_network),
            input=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip

    def command_from_outside(self, command: Sequence[str]) -> list[str]:
        """Return ``command`` with the machine's network and everything else of the machine around."""
        return [*self._enter(["--net"]), *command]

    def is_up(self) -> bool:
        """Tell whether systemd has started everything that a fresh Debian starts."""
        state = self.run("systemctl is-system-running || true").stdout.strip()
        return state in {"running", "degraded"}

    def _enter(self, spaces: Sequence[str]) -> list[str]:
        return ["nsenter", "--target", str(self._leader), *spaces]


@contextmanager
def running_machine(folder: Path, *, host: str, name: str = "machine") -> Iterator[Machine]:
    """Make a Debian in ``folder``, start it, and throw it away at the end; others there have other names.

    Raises:
        DevtoolsError: This machine cannot do it; the text says what is missing.
    """
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        message = f"{', '.join(missing)} not found; on Debian: apt-get install debootstrap systemd-container util-linux"
        raise DevtoolsError(message)
    base, root = folder / "debian", folder / name
    if not (base / "complete").exists():
        _make_base(base)
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "--archive", "--reflink=auto", str(base / "root"), str(root)], check=True)
    _prepare(root, host)
    command = ["systemd-nspawn", "--quiet", f"--directory={root}", f"--machine=turnero-drill-{root.stat().st_ino}"]
    command += ["--register=no", "--keep-unit", "--private-network", "--console=pipe", "--boot"]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509 - no threads here
        )  # fmt: skip
    try:
        machine = Machine(root, process)
        _wait_until(machine.is_up, "the machine does not start")
        yield machine
    finally:
        end_child(process, signal.SIGTERM, signal.SIGKILL, seconds=30)
        shutil.rmtree(root, ignore_errors=True)


def _make_base(base: Path) -> None:
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir(parents=True)
    options = ["--variant=minbase", f"--include={BASE_PACKAGES}", "bookworm", str(base / "root")]
    made = subprocess.run(["debootstrap", *options], capture_output=True, text=True, check=False)
    if made.returncode:
        message = f"debootstrap failed: {(made.stdout + made.stderr).strip().splitlines()[-1]}"
        raise DevtoolsError(message)
    (base / "root" / "etc" / "apt" / "sources.list").unlink(missing_ok=True)
    (base / "complete").touch()


def _prepare(root: Path, host: str) -> None:
    """Give it a name, the way to the mirrors of the machine around, and its own name's address."""
    for name in (*_SURROUNDINGS, *_list_named_files()):
        source, target = Path(name), root / name.lstrip("/")
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        elif source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copy(source, target)
    (root / "etc" / "hosts").write_text(f"127.0.0.1 localhost {host}\n", encoding="utf-8")
    (root / "etc" / "machine-id").write_text("", encoding="utf-8")


def _list_named_files() -> list[str]:
    """List what the surroundings' variables name: a bundle of certificates, a folder of wheels."""
    return [value for value in _list_surroundings().values() if value.startswith("/") and Path(value).exists()]


def _list_surroundings() -> Mapping[str, str]:
    return {name: value for name, value in child_environment().items() if name.startswith(_NAMES)}


def _make_environment(*, needs_network: bool) -> dict[str, str]:
    plain = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive",
    }
    return {**plain, **(_list_surroundings() if needs_network else {})}


def _find_leader(process: subprocess.Popen[bytes]) -> int:
    """Return the number of its first process, systemd, as the machine around counts."""
    found: list[int] = []

    def look() -> bool:
        if process.poll() is not None:
            message = "systemd-nspawn ended; it needs root, and cgroups that it may write (see machine.log)"
            raise DevtoolsError(message)
        found[:] = [child.pid for child in psutil.Process(process.pid).children(recursive=True)][:1]
        return bool(found) and _is_systemd(found[0])

    _wait_until(look, "systemd-nspawn starts no machine")
    return found[0]


def _is_systemd(pid: int) -> bool:
    try:
        return psutil.Process(pid).name() == "systemd"
    except psutil.Error:
        return False


def _wait_until(condition: Callable[[], bool], message: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise DevtoolsError(message)
        time.sleep(0.2)
