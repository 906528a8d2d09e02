"""A capacity rule as the gaps of a sentence: plain fields that read as one."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from kernel.errors import Invalid
from scheduling.engine import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.selectors.catalog.warnings import list_rule_warnings
from scheduling.services.catalog.rules import LARGEST_LIMIT, TARGETS, check_rule
from scheduling.types import RuleSetup
from web.parts.fields import ChoiceField, ChoicesField, DateField, LengthField, NumberField, TimeField
from web.parts.rows import show_unchecked
from web.parts.widgets import Chips
from web.templatetags.formats import get_current_formats
from web.workspace.rules.proofs import Proof, make_proof
from web.workspace.rules.sentences import MONDAY, PERIODS, Names, load_names, say_date, say_minute, say_weekdays
from web.workspace.setup_forms import Part, SetupForm

BUSINESS = RuleScope.TENANT.value
MEASURES = (
    (Measure.BOOKINGS.value, gettext_lazy("appointments")),
    (Measure.SEATS.value, gettext_lazy("people")),
    (Measure.MINUTES.value, gettext_lazy("minutes")),
)
LIKE = "like-"
MODELS: dict[str, dict[str, str | list[str]]] = {
    "day": {"limit": "12", "measure": "bookings", "period": "day", "weekdays": []},
    "hour": {"limit": "2", "measure": "bookings", "period": "hour", "weekdays": []},
    "moment": {"limit": "3", "measure": "bookings", "period": "moment", "weekdays": []},
}
"""What the buttons above the sentence fill in; the rest stays as it is typed."""


class RuleForm(SetupForm[RuleSetup]):
    """A rule; its scope and what it is for are one choice."""

    limit = NumberField(label=gettext_lazy("How many at most"), min_value=0, max_value=LARGEST_LIMIT)
    measure = ChoiceField(label=gettext_lazy("What is counted"), choices=MEASURES)
    period = ChoiceField(
        label=gettext_lazy("In which time"), choices=[(key.value, label) for key, label in PERIODS.items()]
    )
    target = ChoiceField(label=gettext_lazy("For what"))
    arrival_mode = ChoiceField(label=gettext_lazy("How they arrive"), required=False)
    weekdays = ChoicesField(label=gettext_lazy("Days"), required=False, widget=Chips())
    from_minute = TimeField(label=gettext_lazy("Starts from"), required=False, widget=forms.TimeInput({"type": "time"}))
    to_minute = TimeField(label=gettext_lazy("Starts before"), required=False, widget=forms.TimeInput({"type": "time"}))
    valid_from = DateField(label=gettext_lazy("First day"), required=False, widget=forms.DateInput({"type": "date"}))
    valid_to = DateField(label=gettext_lazy("Last day"), required=False, widget=forms.DateInput({"type": "date"}))

    setup_type = RuleSetup
    names = {"scope": "target", "location_id": "target", "resource_id": "target", "service_id": "target"}
    parts = (
        Part(
            "sentence",
            gettext_lazy("The limit"),
            gettext_lazy("All limits hold at the same time: the strictest decides. What is booked already stays."),
            template="workspace/rules/sentence.html",
        ),
    )

    def __init__(
        self, data: QueryDict | None = None, *, setup: RuleSetup | None = None, row_id: int | None = None
    ) -> None:
        super().__init__(data, setup=setup, row_id=row_id)
        self._known = load_names()
        if self.data.get("measure") == Measure.MINUTES:
            label = self.fields["limit"].label
            self.fields["limit"] = LengthField(label=label, min_value=0, max_value=LARGEST_LIMIT, unit="")
        self._is_unchecked = False
        if setup is None:
            self.initial.update({"measure": Measure.BOOKINGS, "period": RulePeriod.DAY, "target": BUSINESS})
        self._offer()
        if setup is not None and data is None:
            self._warn(setup)

    @property
    def models(self) -> tuple[tuple[str, str], ...]:
        """Return the buttons that fill in a sentence to begin with."""
        return (
            (f"{LIKE}day", gettext("Appointments per day")),
            (f"{LIKE}hour", gettext("Appointments per hour")),
            (f"{LIKE}moment", gettext("At the same time")),
        )

    @property
    def proof(self) -> Proof | None:
        """Return how the coming days would be; None while the sentence is not complete."""
        if self.is_bound:
            return make_proof(self.make_setup(), self._known) if self._is_complete else None
        return make_proof(self.setup, self._known) if self.setup else None

    @property
    def noted(self) -> tuple[Any, ...]:
        """Return the fields in which something is wrong or odd, for the notes below the sentence."""
        return tuple(field for field in self if field.errors or self.warnings.get(field.name))

    def list_initial(self, setup: RuleSetup) -> dict[str, Any]:
        """Show scope and target as one choice, and minutes as a clock does."""
        return super().list_initial(setup) | {
            "target": _join_target(setup),
            "weekdays": [str(day) for day in setup.weekdays],
            "from_minute": _to_clock(setup.from_minute),
            "to_minute": _to_clock(setup.to_minute),
            "valid_from": setup.valid_from.isoformat() if setup.valid_from else "",
            "valid_to": setup.valid_to.isoformat() if setup.valid_to else "",
        }

    def read_values(self) -> dict[str, Any]:
        """Return the values in the rule's own shape."""
        data = super().read_values()
        scope, _, row_id = data.pop("target").partition(":")
        mode = data.get("arrival_mode", "")
        is_of_mode = scope == BUSINESS and bool(mode)
        targets = {f"{name}_id": None for name in ("location", "resource", "service")}
        if row_id:
            targets[TARGETS[RuleScope(scope)]] = int(row_id)  # type: ignore[assignment]
        return data | {
            "scope": RuleScope.ARRIVAL_MODE if is_of_mode else RuleScope(scope),
            "measure": Measure(data["measure"]),
            "period": RulePeriod(data["period"]),
            "arrival_mode": mode,
            "weekdays": tuple(int(day) for day in data["weekdays"]),
            "from_minute": _to_minute(data["from_minute"]),
            "to_minute": _to_minute(data["to_minute"]),
            **targets,
        }

    def perform(self, do: str) -> None:
        """Show how it would be, or begin with one of the models; nothing is saved."""
        if do.startswith(LIKE):
            self._fill_in(MODELS.get(do.removeprefix(LIKE), {}))
        elif self.is_valid():
            try:
                self._warn(check_rule(self.make_setup(), before=self.setup))
            except Invalid as error:
                self.refuse(error, names=self.names)

    def describe(self, name: str, value: object) -> str:
        """Return a stored value in words."""
        known = {
            "scope": {str(each): str(each.label) for each in RuleScope},
            "location_id": self._known.locations,
            "service_id": self._known.services,
            "resource_id": self._known.resources,
            "arrival_mode": self._known.modes,
            "period": {each.value: str(label) for each, label in PERIODS.items()},
            "measure": {key: str(label) for key, label in MEASURES},
        }
        if name in known and value:
            return str(known[name].get(value, value))  # type: ignore[attr-defined]
        if name in {"from_minute", "to_minute"} and isinstance(value, int):
            return say_minute(value)
        if name == "weekdays" and isinstance(value, list) and value:
            return say_weekdays(value) or gettext("Every day")
        if name in {"valid_from", "valid_to"} and isinstance(value, str) and value:
            return say_date(DateField().clean(value))  # type: ignore[arg-type]
        return super().describe(name, value)

    @property
    def _is_complete(self) -> bool:
        return not self._is_unchecked and self.is_valid()

    def _warn(self, setup: RuleSetup) -> None:
        """Tell at its field what can be saved but does not work as it looks."""
        for each in list_rule_warnings(setup=setup, rule_id=self.row_id):
            self.warnings[each.field] = (*self.warnings.get(each.field, ()), each.text)

    def _fill_in(self, model: dict[str, str | list[str]]) -> None:
        data = self.data.copy()  # type: ignore[attr-defined]
        for name, value in model.items():
            if isinstance(value, list):
                data.setlist(name, value)
            else:
                data[name] = value
        self.data = data
        if not self.is_valid():
            self._is_unchecked = True
            show_unchecked(self)

    def _offer(self) -> None:
        formats = get_current_formats()
        days = [(str(day), formats.format_weekday(MONDAY.replace(day=MONDAY.day + day))) for day in range(7)]
        self.fields["weekdays"].choices = days  # type: ignore[attr-defined]
        modes = dict(self._known.modes)
        if self.setup and self.setup.arrival_mode:
            modes.setdefault(self.setup.arrival_mode, self.setup.arrival_mode)
        if modes:
            self.fields["arrival_mode"].choices = [("", gettext("however they arrive")), *modes.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["arrival_mode"]
        self.fields["target"].choices = list_targets(self._known, self.setup)  # type: ignore[attr-defined]


def list_targets(names: Names, setup: RuleSetup | None) -> list[Any]:
    """List what a rule can be for, in groups; what it is for already may be archived by now."""
    kept = _join_target(setup) if setup else ""
    kinds = (
        (RuleScope.SERVICE, gettext("Services"), names.services),
        (RuleScope.RESOURCE, gettext("Team and equipment"), names.resources),
        (RuleScope.LOCATION, gettext("Locations"), names.locations),
    )
    groups = [
        (
            label,
            [
                (key, name)
                for row_id, name in rows.items()
                for key in [f"{scope.value}:{row_id}"]
                if (scope, row_id) in names.active or key == kept
            ],
        )
        for scope, label, rows in kinds
    ]
    return [(BUSINESS, gettext("the whole business")), *(group for group in groups if group[1])]


def _join_target(setup: RuleSetup) -> str:
    name = TARGETS.get(setup.scope, "")
    row_id = getattr(setup, name) if name.endswith("_id") else None
    return f"{setup.scope.value}:{row_id}" if row_id else BUSINESS


def _to_clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60 % 24:02}:{minute % 60:02}"


def _to_minute(at: time | None) -> int | None:
    return None if at is None else at.hour * 60 + at.minute
