"""The browser of the end-to-end tests: the system's, never a download of our own."""

from __future__ import annotations

import os
import shutil
import subprocess

from devtools.terminal import complain, say

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def ensure_chromium(*, may_install: bool) -> None:
    """Install Debian's Chromium when there is none and we may; else say what is missing."""
    if find_chromium() is not None:
        return
    apt = shutil.which("apt-get")
    if may_install and apt is not None and os.geteuid() == 0:
        say("installing Chromium for the end-to-end tests …")
        install = ["install", "--yes", "--no-install-recommends", "chromium"]
        for arguments in (["update"], install):
            subprocess.run([apt, "-qq", *arguments], check=False, stdout=subprocess.DEVNULL)
        if find_chromium() is not None:
            return
    complain("there is no Chromium for the end-to-end tests; on Debian or Ubuntu run: apt install chromium")
