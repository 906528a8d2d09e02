"""Lighthouse, as it looks at a page on a slow phone; npm brings one version of it into the folder of the state."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from config.environment import child_environment
from devtools.errors import DevtoolsError
from devtools.terminal import say

VERSION = "12.8.2"
"""The last one before Node 22 is needed."""

CHROMIUM_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
TRIES = 3
"""Now and then the browser has shown the page before Lighthouse listens (its error NO_NAVSTART)."""

GOALS: Mapping[str, int] = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
"""What the first page has to reach, of 100."""

LARGEST_VIEW, LARGEST_PHOTOS = 60 * 1024, 40 * 1024
"""Bytes of the first view, without its photos and of those alone."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one run, or the median of several, says.

    Attributes:
        scores: Of 100, by category.
        sizes: Bytes that came over the line, by what they are, head included.
        shown_ms: When the largest part of the page is there.
        shift: How far things jump meanwhile (CLS).
        faults: Audits that are not passed, apart from those of speed.
    """

    scores: Mapping[str, int]
    sizes: Mapping[str, int]
    requests: int
    shown_ms: float
    shift: float
    faults: tuple[str, ...]

    def list_missed(self) -> list[str]:
        """List in words which goals of the first page are missed."""
        photos = self.sizes.get("Image", 0)
        view = sum(self.sizes.values()) - photos
        return [
            *(f"{name} {self.scores[name]} of {goal}" for name, goal in GOALS.items() if self.scores[name] < goal),
            *([f"{view} bytes without photos, of {LARGEST_VIEW}"] if view > LARGEST_VIEW else []),
            *([f"{photos} bytes of photos, of {LARGEST_PHOTOS}"] if photos > LARGEST_PHOTOS else []),
        ]


def install(folder: Path) -> Path:
    """Return Lighthouse's command line, brought by npm when it is not there.

    Raises:
        DevtoolsError: There is no Node, or npm cannot bring it.
    """
    place = folder / f"lighthouse-{VERSION}"
    script = place / "node_modules" / "lighthouse" / "cli" / "index.js"
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise DevtoolsError("Lighthouse needs Node 18 or newer with npm: install both, or run with --only server")
    if not script.exists():
        say(f"installing Lighthouse {VERSION} …")
        place.mkdir(parents=True, exist_ok=True)
        options = ["--prefix", str(place), "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(
            [npm, "install", *options, f"lighthouse@{VERSION}"], capture_output=True, text=True, check=False
        )
        if done.returncode or not script.exists():
            message = f"npm cannot bring Lighthouse:\n{done.stderr[-2000:]}"
            raise DevtoolsError(message)
    return script


def look_at(script: Path, url: str, *, chromium: str, language: str) -> Look:
    """Look at a page once, as a phone that never was there.

    Raises:
        DevtoolsError: Lighthouse cannot, three times in turn.
    """
    command = ["node", str(script), url, "--quiet", "--output=json", f"--chrome-flags={CHROMIUM_FLAGS}"]
    headers = json.dumps({"Accept-Language": language})
    command += [f"--only-categories={','.join(GOALS)}", f"--extra-headers={headers}"]
    for _ in range(TRIES):
        report = _read_answer(command, chromium)
        if not report.get("runtimeError"):
            return read_report(report)
    message = f"Lighthouse cannot look at {url}: {report['runtimeError']['message']}"
    raise DevtoolsError(message)


def _read_answer(command: Sequence[str], chromium: str) -> dict[str, Any]:
    done = subprocess.run(
        command, env=child_environment(CHROME_PATH=chromium), capture_output=True, text=True, check=False
    )
    try:
        return dict(json.loads(done.stdout))
    except ValueError:
        return {"runtimeError": {"message": done.stderr[-2000:]}}


def read_report(report: Mapping[str, Any]) -> Look:
    """Read what Lighthouse wrote."""
    audits, categories = report["audits"], report["categories"]
    sizes: Counter[str] = Counter()
    requests = audits["network-requests"]["details"]["items"]
    for each in requests:
        sizes[each.get("resourceType", "Other")] += each["transferSize"]
    looked = [ref["id"] for name in GOALS if name != "performance" for ref in categories[name]["auditRefs"]]
    failed = [name for name in dict.fromkeys(looked) if (audits[name]["score"] or 0) < 1 and _is_judged(audits[name])]
    return Look(
        scores={name: round(categories[name]["score"] * 100) for name in GOALS},
        sizes=dict(sizes),
        requests=len(requests),
        shown_ms=audits["largest-contentful-paint"]["numericValue"],
        shift=audits["cumulative-layout-shift"]["numericValue"],
        faults=tuple(failed),
    )


def take_median(looks: Sequence[Look]) -> Look:
    """Return the median of each figure, and every fault that was found."""
    return Look(
        scores={name: round(median(each.scores[name] for each in looks)) for name in looks[0].scores},
        sizes={
            kind: round(median(each.sizes.get(kind, 0) for each in looks))
            for kind in sorted({kind for each in looks for kind in each.sizes})
        },
        requests=round(median(each.requests for each in looks)),
        shown_ms=median(each.shown_ms for each in looks),
        shift=median(each.shift for each in looks),
        faults=tuple(dict.fromkeys(name for each in looks for name in each.faults)),
    )


def _is_judged(audit: Mapping[str, Any]) -> bool:
    return audit["scoreDisplayMode"] in {"binary", "numeric", "metricSavings"}
