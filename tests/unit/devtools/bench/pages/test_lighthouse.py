"""What ``./dev bench pages`` reads of Lighthouse, and when a goal is missed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from devtools.bench.pages import lighthouse
from devtools.bench.pages.lighthouse import (
    GOALS,
    LARGEST_PHOTOS,
    LARGEST_VIEW,
    TRIES,
    Look,
    install,
    look_at,
    read_report,
    take_median,
)
from devtools.errors import DevtoolsError

GOOD = Look(scores=dict(GOALS), sizes={"Document": 9000}, requests=9, shown_ms=1200.0, shift=0.0, faults=())


def make_report(**changes: Any) -> dict[str, Any]:
    """What Lighthouse writes, as far as it is read."""
    audits = {
        "network-requests": {
            "details": {
                "items": [
                    {"resourceType": "Document", "transferSize": 9000},
                    {"resourceType": "Stylesheet", "transferSize": 2500},
                    {"resourceType": "Stylesheet", "transferSize": 1500},
                    {"transferSize": 300},
                ]
            }
        },
        "largest-contentful-paint": {"numericValue": 1234.5},
        "cumulative-layout-shift": {"numericValue": 0.01},
        "color-contrast": {"score": 0, "scoreDisplayMode": "binary"},
        "label": {"score": 1, "scoreDisplayMode": "binary"},
        "focus-traps": {"score": None, "scoreDisplayMode": "manual"},
        "unused-css-rules": {"score": 0, "scoreDisplayMode": "binary"},
    }
    refs = {"accessibility": ["color-contrast", "label", "focus-traps"], "performance": ["unused-css-rules"]}
    categories = {name: {"score": 0.97, "auditRefs": [{"id": each} for each in refs.get(name, [])]} for name in GOALS}
    return {"audits": audits | changes, "categories": categories}


def test_a_report_becomes_scores_sizes_and_faults_that_are_judged():
    assert read_report(make_report()) == Look(
        scores=dict.fromkeys(GOALS, 97),
        sizes={"Document": 9000, "Stylesheet": 4000, "Other": 300},
        requests=4,
        shown_ms=1234.5,
        shift=0.01,
        faults=("color-contrast",),
    )


def test_the_median_counts_and_every_fault_is_named():
    slow = replace(GOOD, scores={**GOALS, "performance": 60}, shown_ms=5000.0, faults=("label",))
    quick = replace(GOOD, scores={**GOALS, "performance": 99}, shown_ms=900.0, sizes={"Image": 50, "Document": 9000})

    found = take_median([slow, GOOD, quick])

    assert found == replace(GOOD, sizes={"Document": 9000, "Image": 0}, faults=("label",))


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({}, []),
        ({"scores": {**GOALS, "performance": 94}}, ["performance 94 of 95"]),
        ({"scores": {**GOALS, "seo": 99}}, ["seo 99 of 100"]),
        ({"sizes": {"Document": LARGEST_VIEW, "Image": LARGEST_PHOTOS}}, []),
        ({"sizes": {"Document": LARGEST_VIEW + 1}}, ["61441 bytes without photos, of 61440"]),
        ({"sizes": {"Image": LARGEST_PHOTOS + 1}}, ["40961 bytes of photos, of 40960"]),
    ],
)
def test_goals_are_missed_by_one(changes, missed):
    assert replace(GOOD, **changes).list_missed() == missed


def test_without_node_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(lighthouse.shutil, "which", lambda _name: None)

    with pytest.raises(DevtoolsError, match="needs Node 18"):
        install(tmp_path)


def put_node(folder, monkeypatch, *, failures: int) -> None:
    """Put a Node in front that answers as Lighthouse does when it came too late, and then with a report."""
    (folder / "report").write_text(json.dumps(make_report()))
    (folder / "late").write_text(json.dumps({"runtimeError": {"message": "NO_NAVSTART"}}))
    node = folder / "node"
    node.write_text(
        "#!/bin/sh\n"
        f"cd {folder}; echo tried >> tries\n"
        f"if [ $(wc -l < tries) -le {failures} ]; then cat late; else cat report; fi\n"
    )
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_a_page_is_looked_at_again_when_the_browser_was_faster(monkeypatch, tmp_path):
    put_node(tmp_path, monkeypatch, failures=TRIES - 1)

    found = look_at(tmp_path / "lighthouse.js", "http://taller.example/", chromium="chromium", language="es")

    assert found == read_report(make_report())


def test_a_page_that_cannot_be_looked_at_is_named(monkeypatch, tmp_path):
    put_node(tmp_path, monkeypatch, failures=TRIES)

    with pytest.raises(DevtoolsError, match="NO_NAVSTART"):
        look_at(tmp_path / "lighthouse.js", "http://taller.example/", chromium="chromium", language="es")
