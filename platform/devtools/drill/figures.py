"""``./dev drill figures``: Prometheus' own tool reads what we tell it, and the rules that ask for it.

The tests compare names; whether a rule is one, and what it says of a bad hour, ``promtool`` knows: of Debian's package
``prometheus``, or wherever ``--promtool`` says (``apt-get download prometheus`` and ``dpkg-deb --extract`` are enough).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
from collections.abc import Sequence

from config.environment import ROOT
from devtools.bench.settings import set_up_django
from devtools.terminal import complain, say

MONITORING = ROOT / "infra" / "monitoring"
CHECKS = (
    ("check", "rules", "alerts.yml"),
    ("test", "rules", "alerts_test.yml"),
    ("check", "config", "prometheus.yml"),
)


def run(argv: Sequence[str]) -> int:
    """Let promtool look at all of it; 1 when it complains."""
    parser = argparse.ArgumentParser(prog="./dev drill figures")
    parser.add_argument("--promtool", default="promtool")
    tool = shutil.which(parser.parse_args(argv).promtool)
    if tool is None:
        complain("promtool is not here: apt-get install prometheus, or --promtool PATH")
        return 1
    codes = [subprocess.run([tool, *check], cwd=MONITORING, check=False).returncode for check in CHECKS]
    text = _write()
    read = subprocess.run([tool, "check", "metrics"], input=text, check=False)
    say(f"{text.count(b'# TYPE ')} figures, {text.count(bytes([10]))} lines, {len(text)} bytes")
    return int(any((*codes, read.returncode)))


def _write() -> bytes:
    set_up_django()
    from devtools.scratch.tenant import temporary_tenant  # noqa: PLC0415 - Django's apps come first
    from kernel.clock import utc_now  # noqa: PLC0415
    from telemetry.meters import note_booking, note_due_work, note_message, note_request, note_task  # noqa: PLC0415
    from web.figures import write_figures  # noqa: PLC0415

    note_request(route="home", part="page", method="GET", status=200, seconds=0.1)
    note_task(task="tenants.sweep_due_work", outcome="done", seconds=0.1)
    note_due_work(kind="event", outcome="done", seconds=0.1)
    note_message(channel="email", outcome="sent")
    note_booking(step="book", outcome="done")
    with temporary_tenant("figures"):
        return write_figures(now=utc_now())
