"""``python -m devtools.inside bench|replay …``: the command itself, with its servers in the environment."""

from __future__ import annotations

import importlib
import sys


def main(argv: list[str]) -> int:
    """Run ``devtools.<name>.run(arguments)`` and return its exit code."""
    name, *arguments = argv
    run = importlib.import_module(f"devtools.{name}").run
    return int(run(arguments) or 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
