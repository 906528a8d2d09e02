"""``python -m devtools.checks.biome [--write]``: lint and format of scripts and style sheets.

biome is one program in a wheel; on a platform that has no wheel of it nothing is checked here, and this says so.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from config.environment import ROOT, read_environment
from devtools.terminal import say

SETTINGS = ".biome.jsonc"
FOLDER = "platform/web/static"


def find_program() -> Path | None:
    """Return the program of this environment, if its wheel is installed."""
    program = Path(sys.executable).parent / "biome"
    return program if program.is_file() else None


def check(*, program: Path | None, is_ci: bool, is_writing: bool = False, root: Path = ROOT) -> int:
    """Check, or mend what can be mended, and return the exit code; without the program, fail in CI only."""
    if program is None:
        say("biome has no wheel on this platform: scripts and style sheets are not checked")
        return 1 if is_ci else 0
    command = [str(program), "check", f"--config-path={root / SETTINGS}", "--error-on-warnings", "--colors=off"]
    command += ["--write"] if is_writing else ["--max-diagnostics=200"]
    done = subprocess.run([*command, FOLDER], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        say((done.stdout + done.stderr).rstrip())
    return done.returncode


def main(arguments: Sequence[str]) -> int:
    """Run the program of this environment."""
    parser = argparse.ArgumentParser(prog="python -m devtools.checks.biome")
    parser.add_argument("--write", action="store_true", help="format, and mend what is safe to mend")
    options = parser.parse_args(arguments)
    return check(program=find_program(), is_ci=read_environment().is_ci, is_writing=options.write)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
