"""Rules, board and runbook ask for figures that there are, with labels and words that they have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from django.conf import settings

from config.celery import app
from config.environment import ROOT
from edge.requests import PASSING_ON
from recovery.types import PlatformStanding as RecoveryStanding
from telemetry import bounds
from telemetry.meters import OWN
from telemetry.reading import UNIT
from tenants import hooks
from tenants.enums import TenantStatus
from tenants.selectors.standing import BackupTimes, PlatformStanding, Queue
from web import figures

MONITORING = ROOT / "infra" / "monitoring"
RUNBOOK = (ROOT / "infra" / "runbooks" / "alerts.md").read_text()
RULES = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"][0]["rules"]
CADDYFILE = (ROOT / "infra" / "Caddyfile").read_text()
BOARD = json.loads((MONITORING / "board.json").read_text())
NOW = datetime(2026, 11, 26, tzinfo=UTC)
OF_PROMETHEUS = {"up": {"job", "instance"}}
SERVER = {
    "turnero_redis_up",
    "turnero_database_up",
    "turnero_database_connections",
    "turnero_database_connections_limit",
}
SUFFIXES = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""]}
SELECTOR = re.compile(r"\b(turnero_[a-z_]+|up)\b(?:\{([^}]*)\})?")
MATCHER = re.compile(r"(\w+)(=~|!~|!=|=)\"([^\"]*)\"")
GROUPING = re.compile(r"\bby \(([^)]*)\)")
FUNCTIONS = re.compile(r"\b([a-z_]+)\s?\(")
KNOWN_FUNCTIONS = {
    "by", "histogram_quantile", "increase", "max", "min", "or", "rate", "sum", "time", "topk", "vector", "and",
}  # fmt: skip


def list_known() -> dict[str, set[str]]:
    """Name of a series → its labels, as the endpoint writes them."""
    standing = PlatformStanding(
        queues={"event": Queue(1, NOW, 1)},
        businesses=dict.fromkeys(TenantStatus.values, 1),
        spares_ready=1,
        spares_wanted=1,
        migrations_behind=0,
        backups=BackupTimes(newest_at=NOW, oldest_at=NOW, failed=0, late=0),
        removal_due_at=None,
    )
    known = {name: set() for name in (*SERVER, "turnero_database_backend_bytes")} | OF_PROMETHEUS
    recovery = RecoveryStanding(made_at=NOW, failure="", is_late=False, is_set_up=True)
    described = (
        *figures._describe_queues(standing, NOW),
        *figures._describe_platform(standing, NOW),
        *figures._describe_recovery(recovery, timedelta()),
    )
    for metric in described:
        known |= {sample.name: set(sample.labels) for sample in metric.samples}
    for collector in list(OWN._collector_to_names):
        for metric in collector.describe():
            labels = set(collector._labelnames)
            for suffix in SUFFIXES[metric.type]:
                known[metric.name + suffix] = labels | {UNIT} | ({"le"} if suffix == "_bucket" else set())
    return known


KNOWN = list_known()


def list_queries() -> Iterator[tuple[str, str]]:
    """Where it stands, and what it asks."""
    for rule in RULES:
        yield rule["alert"], rule["expr"]
    for panel in BOARD["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


QUERIES = list(list_queries())


def words_of(label: str) -> set[str] | None:
    """What a label can say; None: it is not ours to say."""
    app.loader.import_default_modules()
    return {
        "kind": set(hooks._handlers) | {bounds.OTHER},
        "task": set(app.tasks),
        "outcome": set(bounds.OUTCOMES),
        "channel": set(bounds.CHANNELS),
        "status": {f"{number}xx" for number in range(1, 6)},
        "step": set(bounds.STEPS),
        "job": {"turnero"},
    }.get(label)


def test_there_are_queries_to_look_at():
    assert (len(RULES) > 20, len(QUERIES) > 50) == (True, True)


@pytest.mark.parametrize(("place", "expr"), QUERIES, ids=[f"{place}: {expr[:40]}" for place, expr in QUERIES])
def test_query_asks_for_what_there_is(place, expr):
    selectors = SELECTOR.findall(expr)
    names = [name for name, _ in selectors]

    assert names
    assert [name for name in names if name not in KNOWN] == []
    for name, matchers in selectors:
        for label, sign, words in MATCHER.findall(matchers):
            asked = set(words.split("|")) if sign.endswith("~") else {words}
            known = words_of(label)
            assert label in KNOWN[name], name
            assert known is not None, label
            assert asked <= known, label
    grouped = {label.strip() for found in GROUPING.findall(expr) for label in found.split(",")}
    assert [label for label in grouped if not all(label in KNOWN[name] for name in names)] == []
    assert set(FUNCTIONS.findall(re.sub(r"\{[^}]*\}", "", expr))) <= KNOWN_FUNCTIONS
    assert expr.count("(") == expr.count(")")
    # A count is asked for its rise, and the labels of what people read are those that are left.
    assert [
        name for name in names if name.endswith("_total") and not re.search(rf"(rate|increase)\({name}", expr)
    ] == []


def test_legend_names_labels_that_are_left():
    for panel in BOARD["panels"]:
        for target in panel.get("targets", ()):
            named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            grouped = {each.strip() for found in GROUPING.findall(target["expr"]) for each in found.split(",")}
            assert named <= grouped - {"le"}, panel["title"]


def test_every_figure_is_on_the_board():
    shown = {
        name
        for panel in BOARD["panels"]
        for target in panel.get("targets", ())
        for name, _ in SELECTOR.findall(target["expr"])
    }
    # Sums and counts of histograms are in their buckets.
    wanted = {name for name in KNOWN if not name.endswith(("_sum", "_count"))} - set(OF_PROMETHEUS)

    assert wanted - shown == set()


def test_board_is_one_that_grafana_takes():
    ids = [panel["id"] for panel in BOARD["panels"]]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in BOARD["panels"]]

    assert (len(set(ids)), len(set(places))) == (len(ids), len(ids))
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in BOARD["panels"])
    assert {panel["type"] for panel in BOARD["panels"]} == {"row", "stat", "timeseries"}


def test_every_alert_has_a_severity_a_sentence_and_a_chapter_of_the_runbook():
    chapters = dict(re.findall(r"^## (\w+)\n\n(.*?)(?=\n## |\Z)", RUNBOOK, flags=re.MULTILINE | re.DOTALL))
    names = [rule["alert"] for rule in RULES]

    assert list(chapters) == names
    assert len(set(names)) == len(names)
    for rule in RULES:
        said, chapter = rule["annotations"], chapters[rule["alert"]]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert said["runbook"] == f"infra/runbooks/alerts.md#{rule['alert'].lower()}"
        assert chapter.startswith(f"**{said['summary']}** ({rule['labels']['severity']}) ")
        assert len(chapter.splitlines()) >= 3
        assert re.fullmatch(r"\d+[mh]", rule["for"])


def test_runbook_names_units_settings_and_commands_that_there_are():
    units = {path.stem.removesuffix("@") for path in (ROOT / "infra" / "systemd").glob("*.service")}
    example = (ROOT / "infra" / "environment.example").read_text()

    named = set(re.findall(r"turnero-(?:web|worker|beat|migrate|manage)\b", RUNBOOK))
    assert named - {"turnero-manage"} <= units
    assert [name for name in re.findall(r"TURNERO_[A-Z_]+", RUNBOOK) if name not in example] == []
    assert [word for word in re.findall(r"`(DROP|DELETE|TRUNCATE)", RUNBOOK) if word] == []


def test_whoever_reads_the_figures_asks_where_they_are():
    config = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
    ((job),) = config["scrape_configs"]
    own_way = CADDYFILE.partition("\nhttp://:8000 {")[2].partition("\n}\n")[0]

    # Its own way to whichever process serves: one that restarts is no gap, and none is asked twice.
    assert job["static_configs"] == [{"targets": ["127.0.0.1:8000"]}]
    assert re.search(r"@own path .*/metrics\n", own_way)
    assert "bind 127.0.0.1\n" in own_way
    # Else it would speak for somebody else (`edge.requests.PASSING_ON`).
    removed = set(re.findall(r"header_up -(\S+)", own_way))
    assert {f"HTTP_{name.upper().replace('-', '_')}" for name in removed} == set(PASSING_ON)
    assert (job["job_name"], job.get("metrics_path", "/metrics")) == ("turnero", figures.PATH)
    assert config["rule_files"] == ["alerts.yml"]


def test_every_service_that_counts_has_a_folder_that_ends_with_it():
    for service in bounds.SERVICES:
        unit = (ROOT / "infra" / "systemd" / f"turnero-{service}@.service").read_text()
        assert f"RuntimeDirectory=turnero/{service}-%i\n" in unit
        assert f"Environment=PROMETHEUS_MULTIPROC_DIR=/run/turnero/{service}-%i\n" in unit
        assert ("Environment=TURNERO_METRICS_DIR=/run/turnero\n" in unit) is (service == "web")
    assert "respond /metrics 404" in CADDYFILE


def test_middleware_that_answers_stands_before_all_that_knows_tenants_and_counts():
    order = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]

    assert order.index("FiguresMiddleware") < order.index("MeasuringMiddleware") < order.index("TenantMiddleware")
