"""One database of time zones, the locked `tzdata`: for every process, and for whoever computes with local time."""

from __future__ import annotations

import ast
import re
import zoneinfo
from pathlib import Path

import pytest

from config.environment import ROOT

OURS = ("platform", "scheduling", "billing", "tenants", "verticals", "api")
SERVERS = ("asgi.py", "wsgi.py", "celery.py", "manage.py")
TELLING = ("config", "devtools")
"""Packages that choose the zones as soon as anything is imported from them."""

LOCAL_TIME_IN_SQL = re.compile(
    r"at\s+time\s+zone|\bdate_trunc\s*\(|\bdate_part\s*\(\s*'(?!epoch')|\bto_char\s*\(|\bmake_timestamptz\s*\(|\btimezone\s*\(\s*['%]"
    r"|(?:_at|_until|now\(\))\)?\s*::\s*(?:date|time|timestamp)\b|\bcurrent_date\b|\blocaltime|extract\s*\(\s*(?!epoch\b)[a-z]"
    r"|__(?:date|time|hour|week_day|iso_week_day|day|month|year|week|quarter)(?:__\w+)?\s*=",
    re.IGNORECASE,
)
"""What PostgreSQL, or Django through it, would do with its own copy of the zones."""

OTHER_CLOCKS = re.compile(
    r"\bTrunc\w*\(|\bExtract\w+\(|\.localtime\(|\.localdate\(|\bget_current_timezone\b|\bmake_aware\b|\btimezone\.activate\b"
    r"|\bdateutil\.tz\b|from dateutil import tz|\bpytz\b|\bget_timezone\("
)


def list_sources() -> list[Path]:
    return sorted(path for top in OURS for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts)


def can_be_started(path: Path) -> bool:
    """Tell a module that a process begins with: it says so itself, or a server or Celery is given its name."""
    return "__main__" in path.read_text() or (path.parent.name == "config" and path.name in SERVERS)


def find_room(path: Path) -> str:
    return path.relative_to(ROOT / "platform" if "platform" in path.parts else ROOT).parts[0]


def list_rooms_imported(path: Path) -> list[str]:
    """Our packages in the order in which a module imports them."""
    rooms = {find_room(each) for each in list_sources()}
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found += [(node.lineno, module.partition(".")[0]) for module in modules if module.partition(".")[0] in rooms]
    return [room for _, room in sorted(found)]


def chooses_zones(path: Path) -> bool:
    """Tell whether a process that begins with this module has the locked zones before anything of ours runs."""
    inside = path.is_relative_to(ROOT / "platform") and find_room(path) in TELLING
    return inside or list_rooms_imported(path)[:1] in (["config"], ["devtools"])


def test_every_entry_point_chooses_the_locked_zones():
    tests = [path for path in sorted((ROOT / "tests").rglob("*.py")) if not path.name.startswith("test_")]
    own = [path for path in tests if "miniature" not in path.parts]

    entries = [path for path in [*list_sources(), *own] if can_be_started(path)]

    assert {ROOT / "platform" / "config" / name for name in SERVERS} <= set(entries)
    assert len(entries) > 12
    assert [str(path.relative_to(ROOT)) for path in entries if not chooses_zones(path)] == []


@pytest.mark.parametrize("package", TELLING)
def test_package_chooses_before_anything_else(package):
    body = ast.parse((ROOT / "platform" / package / "__init__.py").read_text()).body

    assert [ast.unparse(node) for node in body[1:]] == [
        "from config.zones import use_locked_zones",
        "use_locked_zones()",
    ]


def test_entry_point_elsewhere_would_be_found(tmp_path):
    module = tmp_path / "late.py"
    module.write_text("from scheduling.engine.zone import to_minute\nimport config\nif __name__ == '__main__': pass\n")

    assert (can_be_started(module), list_rooms_imported(module)) == (True, ["scheduling", "config"])


def test_this_process_has_no_other_zones():
    assert zoneinfo.TZPATH == ()


def find_computing(text: str) -> list[str]:
    return [found[0] for pattern in (LOCAL_TIME_IN_SQL, OTHER_CLOCKS) for found in pattern.finditer(text)]


def test_local_time_is_computed_from_our_zones_alone():
    found = [(str(path.relative_to(ROOT)), find_computing(path.read_text())) for path in list_sources()]

    assert [each for each in found if each[1]] == []


@pytest.mark.parametrize(
    "line",
    [
        "SELECT starts_at AT TIME ZONE 'Europe/Madrid' FROM booking",
        "WHERE timezone('America/Havana', starts_at) > %s",
        "GROUP BY date_trunc('day', starts_at)",
        "extract(hour FROM starts_at)",
        "starts_at::date = %s",
        "Booking.objects.filter(starts_at__date=on)",
        "Booking.objects.filter(starts_at__hour__gte=9)",
        "Booking.objects.annotate(day=TruncDate('starts_at'))",
        "timezone.localtime(booking.starts_at)",
        "zone = pytz.timezone(name)",
    ],
)
def test_other_clock_would_be_found(line):
    assert find_computing(line) != []


@pytest.mark.parametrize(
    "line", ["extract(epoch FROM starts_at) / 60", "date_part('epoch', s.starts_at)", "%(on)s::date"]
)
def test_instants_and_dates_may_be_asked_for(line):
    assert find_computing(line) == []
