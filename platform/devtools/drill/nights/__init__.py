"""``./dev drill nights``: the nightly archives of many businesses, and nights that go wrong.

200 businesses unless told otherwise. The first night is measured: seconds, sizes, the peak of memory. Then one
business is damaged and the store goes away before the last ones, and another night the disk is full: the others have
their archive, the last good ones stay as they are, what failed is noted for each, operators get one mail, and due
work makes up for it.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from devtools.bench.settings import set_up_django
from devtools.errors import DevtoolsError
from devtools.terminal import say

BUSINESSES, BOOKINGS, DISK_MEGABYTES = 200, 300, 512


def run(argv: Sequence[str]) -> int:
    """Print the figures; 1 when a night ends otherwise."""
    parser = argparse.ArgumentParser(prog="./dev drill nights")
    parser.add_argument("--businesses", type=int, default=BUSINESSES, help=f"default {BUSINESSES}")
    parser.add_argument("--bookings", type=int, default=BOOKINGS, help=f"of each; default {BOOKINGS}")
    options = parser.parse_args(argv)
    set_up_django()
    logging.disable(logging.ERROR)  # what fails fails on purpose, but for what ends the drill
    from devtools.drill.nights.rounds import run_nights  # noqa: PLC0415 - Django's apps come first

    is_well = True
    with TemporaryDirectory(prefix="turnero-nights-") as folder, small_disk(Path(folder)) as disk:
        for night in run_nights(disk, businesses=options.businesses, bookings=options.bookings):
            say(f"{'ok  ' if night.is_well else 'FAIL'}  {night.name}")
            for line in night.lines:
                say(f"          {line}")
            is_well = is_well and night.is_well
    return 0 if is_well else 1


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Yield a disk that can be filled without harm; archives are kept and made there.

    Raises:
        DevtoolsError: Only root can make one.
    """
    if os.geteuid() != 0:
        message = "a disk that is filled up is mounted by root only"
        raise DevtoolsError(message)
    options = ["-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}M,mode=700", "tmpfs", str(folder)]
    made = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    if made.returncode:
        message = f"no small disk can be mounted here: {made.stderr.strip()}"
        raise DevtoolsError(message)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
