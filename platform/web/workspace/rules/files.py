"""Limits as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from scheduling.engine import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.selectors.catalog.entries import list_rule_entries
from scheduling.services.catalog.batches.importers import RULES as RULE_IMPORTER
from scheduling.services.catalog.batches.lines import FileLine, LineOutcome, import_rows
from tenants.context import current_tenant
from verticals.registry import get_vertical
from web.workspace.files.cells import (
    CellWrong,
    Column,
    find_named,
    read_clock,
    read_day,
    read_number,
    read_one_of,
    read_text,
    read_weekdays,
    write_minutes,
    write_weekdays,
)
from web.workspace.files.page import FilePage
from web.workspace.files.reading import ReadFile, TypedLine
from web.workspace.rules.forms import MEASURES, RuleForm
from web.workspace.rules.pages import RULES
from web.workspace.rules.sentences import PERIODS, Names, load_names, say_rule


def _read_measure(text: str) -> Measure:
    return read_one_of({Measure(key): (label, key) for key, label in MEASURES}, text)


def _read_period(text: str) -> RulePeriod:
    return read_one_of({key: (label, key.value) for key, label in PERIODS.items()}, text)


ONE_TARGET = gettext_lazy("Its name, if the limit is for one only.")
COLUMNS = (
    Column(
        "id",
        gettext_lazy("Number"),
        gettext_lazy("Number of what is there already; empty for a new one."),
        "id",
        read_number,
    ),
    Column(
        "limit",
        gettext_lazy("How many at most"),
        gettext_lazy("A whole number. Always needed."),
        "limit",
        read_number,
        "3",
    ),
    Column(
        "counts",
        gettext_lazy("What is counted"),
        gettext_lazy("“appointments”, “people” or “minutes”."),
        "measure",
        _read_measure,
        "bookings",
    ),
    Column(
        "per",
        gettext_lazy("In which time"),
        gettext_lazy("“per hour”, “per day”, “per week” or “at the same time”."),
        "period",
        _read_period,
        "day",
    ),
    Column("service", gettext_lazy("Service"), ONE_TARGET, "service_id", read_text),
    Column("resource", gettext_lazy("Person, place or tool"), ONE_TARGET, "resource_id", read_text),
    Column("location", gettext_lazy("Location"), ONE_TARGET, "location_id", read_text),
    Column(
        "arrival",
        gettext_lazy("How they arrive"),
        gettext_lazy("If it is only for those who arrive so."),
        "arrival_mode",
        read_text,
    ),
    Column(
        "days", gettext_lazy("Days"), gettext_lazy("Mon-Fri, or Sat, Sun. Empty: every day."), "weekdays", read_weekdays
    ),
    Column(
        "from",
        gettext_lazy("Starts from"),
        gettext_lazy("8:00. Empty, both: the whole day."),
        "from_minute",
        read_clock,
    ),
    Column("to", gettext_lazy("Starts before"), "10:00", "to_minute", read_clock),
    Column(
        "first_day", gettext_lazy("First day"), gettext_lazy("2026-12-14. Empty: from always."), "valid_from", read_day
    ),
    Column("last_day", gettext_lazy("Last day"), gettext_lazy("2027-01-06. Empty: for ever."), "valid_to", read_day),
)
SCOPES = {
    "service_id": ("service", RuleScope.SERVICE),
    "resource_id": ("resource", RuleScope.RESOURCE),
    "location_id": ("location", RuleScope.LOCATION),
}
KEYS = {column.field: column.key for column in COLUMNS} | {"scope": "service"}


def _list_rows() -> Iterator[Sequence[object]]:
    names, measures = load_names(), dict(MEASURES)
    for entry in list_rule_entries():
        setup = entry.setup
        times = (None if each is None else write_minutes(each) for each in (setup.from_minute, setup.to_minute))
        yield (
            entry.id, setup.limit, measures[setup.measure.value], PERIODS[setup.period],
            names.services.get(setup.service_id or 0), names.resources.get(setup.resource_id or 0),
            names.locations.get(setup.location_id or 0), names.modes.get(setup.arrival_mode, setup.arrival_mode),
            write_weekdays(setup.weekdays), *times, setup.valid_from, setup.valid_to,
        )  # fmt: skip


def _read(file: ReadFile) -> list[FileLine]:
    names = load_names()
    # What a limit is for already may stay, also where the business's trade no longer has it.
    modes: dict[str, tuple[str | Promise, str]] = {}
    for key in (each.setup.arrival_mode for each in list_rule_entries()):
        modes |= {key: (key, key)} if key else {}
    for mode in get_vertical(current_tenant().vertical).intake.arrival_modes:
        modes[mode.key] = (gettext_lazy(mode.label), mode.key)
    return [_read_line(file, line, names, modes) for line in file.lines]


def _read_line(
    file: ReadFile, line: TypedLine, names: Names, modes: Mapping[str, tuple[str | Promise, str]]
) -> FileLine:
    values = file.read_values(line, COLUMNS)
    row_id = values.pop("id", None)
    given = [field for field in SCOPES if field in values]
    if len(given) > 1:
        file.note(line.number, SCOPES[given[1]][0], gettext("A limit is for one thing only: leave the others empty."))
    known = {"service_id": names.services, "resource_id": names.resources, "location_id": names.locations}
    for field in given:
        key, scope = SCOPES[field]
        active = {each: name for each, name in known[field].items() if (scope, each) in names.active}
        _find(file, line, key, field, values, active)
    if "arrival_mode" in values:
        try:
            values["arrival_mode"] = read_one_of(modes, values["arrival_mode"])
        except CellWrong as error:
            file.note(line.number, "arrival", str(error))
    if given:
        values |= {field: None for field in SCOPES if field not in given} | {"scope": SCOPES[given[0]][1]}
    elif row_id is None:
        values["scope"] = RuleScope.ARRIVAL_MODE if values.get("arrival_mode") else RuleScope.TENANT
    return FileLine(number=line.number, row_id=row_id, values=values)


def _find(
    file: ReadFile, line: TypedLine, key: str, field: str, values: dict[str, Any], names: Mapping[int, str]
) -> None:
    try:
        values[field] = find_named(names, values[field])
    except CellWrong as error:
        file.note(line.number, key, str(error))


def _save(**how: Any) -> Sequence[LineOutcome]:
    names = load_names()
    return import_rows(replace(RULE_IMPORTER, name_of=lambda setup: say_rule(setup, names)), **how)


RULE_FILE = FilePage(
    key="rules",
    title=gettext_lazy("Limits as a file"),
    back_label=RULES.title,
    lead=gettext_lazy("All limits that are switched on. Change the file in a spreadsheet and import it again."),
    columns=lambda: COLUMNS,
    needed="limit",
    list_rows=_list_rows,
    read=_read,
    save=_save,
    words=RuleForm,
    find_key=lambda field: KEYS.get(field, field),
    notes=(gettext_lazy("Without service, person and location it is for the whole business."),),
)
