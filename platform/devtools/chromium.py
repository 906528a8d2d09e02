"""The browser of the end-to-end tests: the system's, never a download of our own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess

from devtools.terminal import complain, say

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SHELL = "chromium-headless-shell"
INSTALL_SECONDS = 120


def find_chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def find_test_browser() -> str | None:
    """Return the path of a Chromium for tests, or None: the same engine without windows where there is one.

    It needs about 0.6 times the processor time of the whole browser, and has neither passkeys nor a third party's
    storage.
    """
    return shutil.which(_SHELL) or find_chromium()


def ensure_test_browser(*, may_install: bool) -> None:
    """Install Debian's Chromium, with windows and without, when it is not there and we may; say if there is none."""
    apt = shutil.which("apt-get")
    missing = [_NAMES[0]] * (find_chromium() is None) + [_SHELL] * (shutil.which(_SHELL) is None)
    if missing and may_install and apt is not None and os.geteuid() == 0:
        say("installing Chromium for the end-to-end tests …")
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(
                    [apt, "-qq", *arguments], check=False, stdout=subprocess.DEVNULL, timeout=INSTALL_SECONDS
                )
    if find_chromium() is not None:
        return
    complain("there is no Chromium for the end-to-end tests; on Debian or Ubuntu run: apt install chromium")
