"""``python -m devtools.djade [--check]``: djade, which is a program and no module, on our templates."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from config.environment import ROOT

_FOLDERS = ("templates", "platform", "verticals")
_TARGET = ["--target-version", "5.2"]


def list_templates(root: Path = ROOT) -> list[str]:
    """List the HTML templates, relative to the checkout."""
    paths = {path for folder in _FOLDERS for path in (root / folder).rglob("*.html") if "templates" in path.parts}
    return sorted(path.relative_to(root).as_posix() for path in paths)


def main(argv: list[str]) -> int:
    """Format or check the templates; djade's exit code."""
    templates = list_templates()
    if not templates:
        return 0
    program = Path(sys.executable).with_name("djade")
    return subprocess.run([program, *_TARGET, *argv, *templates], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
