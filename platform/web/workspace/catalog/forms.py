"""What is asked about a service: its terms by their bounds, what it takes and its extras as rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, fields
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from kernel.clock import utc_now
from kernel.errors import Invalid
from kernel.ids import read_row_id
from kernel.instants import DAY_MINUTES
from kernel.money import Price, PriceKind
from scheduling.engine import LONGEST_AHEAD_MINUTES, Align, Strategy
from scheduling.enums import Approval
from scheduling.selectors.catalog.entries import list_add_on_entries, list_service_entries
from scheduling.selectors.catalog.roster import load_roster
from scheduling.selectors.catalog.warnings import list_service_warnings
from scheduling.services.catalog.checks import MAX_POSITION
from scheduling.services.catalog.extras import ExtraLine
from scheduling.services.catalog.per_resource import MOST_OWN
from scheduling.services.catalog.services import MOST_BOOKABLE
from scheduling.types import ServiceSetup
from tenants.context import current_tenant
from verticals.registry import get_vertical
from web.parts.clock import format_minute
from web.parts.fields import (
    ChoiceField,
    ChoicesField,
    LengthField,
    MoneyField,
    NumberField,
    SpanField,
    SwitchField,
    TextField,
)
from web.parts.forms import PageForm, mark_needed, translate_findings
from web.parts.rows import RowSet, show_unchecked
from web.parts.widgets import Chips, Segments, SuggestInput
from web.templatetags.formats import get_current_formats
from web.workspace.catalog.deposits import DepositForm, add_deposit_fields, check_deposit, read_deposit
from web.workspace.catalog.further import (
    STRATEGY_CHOICES,
    STRATEGY_NOTES,
    describe_reminders,
    list_reminder_choices,
    read_reminders,
)
from web.workspace.catalog.needs import describe_logged
from web.workspace.catalog.parts import FURTHER, PARTS, ROW_LABELS
from web.workspace.catalog.price_kinds import PRICE_KINDS
from web.workspace.catalog.question_forms import QuestionForm, describe_questions, list_question_initial, name_field
from web.workspace.catalog.row_forms import ExtraForm, RequirementForm, list_extra_initial
from web.workspace.catalog.start_forms import (
    ClockField,
    OwnForm,
    StartForm,
    describe_own,
    describe_periods,
    group_periods,
)
from web.workspace.catalog.texts import (
    SERVICE_TEXTS,
    add_text_fields,
    describe_texts,
    list_other_languages,
    list_text_initial,
    read_texts,
)
from web.workspace.catalog.visit import Visit, draw_visit
from web.workspace.setup_forms import Part, SetupForm, say_archived

DESCRIBERS: dict[str, Callable[[list[Any]], str]] = {
    "bookable_hours": describe_periods,
    "reminder_offsets_minutes": describe_reminders,
    "questions": describe_questions,
    "texts": describe_texts,
}
MOST_EXTRAS = 300
"""Of one service: more fields than that are not read at once."""
LIMITS = {each.name: each.metadata["limits"] for each in fields(ServiceSetup) if "limits" in each.metadata}
ALIGNMENTS = (
    (Align.PERIOD, gettext_lazy("from opening")),
    (Align.CLOCK, gettext_lazy("on the clock: 9:00, 9:15 …")),
    (Align.GAP, gettext_lazy("right after the appointment before")),
)


def number(name: str, **kwargs: Any) -> NumberField:
    """Return the field of a term that is a number, within the bounds that the catalog sets."""
    least, most = LIMITS[name]
    return NumberField(min_value=least, max_value=most, **kwargs)


def length(name: str, **kwargs: Any) -> LengthField:
    """Return the field of a term that is so many minutes, within the bounds that the catalog sets."""
    least, most = LIMITS[name]
    return LengthField(min_value=least, max_value=most, **kwargs)


def span(name: str, **kwargs: Any) -> SpanField:
    """Return the field of a term that is a length of notice."""
    return SpanField(max_minutes=LIMITS[name][1], **kwargs)


class ServiceForm(DepositForm):
    """A service; a deposit is asked about once the business has a way to take one."""

    name = TextField(label=gettext_lazy("Name"), max_length=120, attrs={"autocomplete": "off"})
    category = TextField(label=gettext_lazy("Category"), max_length=80, required=False, widget=SuggestInput())
    is_online = SwitchField(label=gettext_lazy("Customers see it and book it online"), initial=True)
    description = TextField(label=gettext_lazy("Description"), max_length=2000, rows=2, required=False)
    price_kind = ChoiceField(
        label=gettext_lazy("Kind of price"), choices=PRICE_KINDS, widget=Segments(),
        initial=PriceKind.FIXED.value,
    )  # fmt: skip
    price = MoneyField(label=gettext_lazy("Price"), required=False)
    duration_minutes = length("duration_minutes", label=gettext_lazy("Duration"))
    buffer_before_minutes = length(
        "buffer_before_minutes", label=gettext_lazy("Free time before"),
        help_text=gettext_lazy("Kept free to get ready."),
    )  # fmt: skip
    buffer_after_minutes = length(
        "buffer_after_minutes", label=gettext_lazy("Free time after"),
        help_text=gettext_lazy("Kept free to finish and clean up."),
    )  # fmt: skip
    buffers_inside_hours = SwitchField(label=gettext_lazy("This time, too, must lie within the hours"))
    step_minutes = length("step_minutes", label=gettext_lazy("Offer a start every"))
    align = ChoiceField(label=gettext_lazy("Starts are counted"), choices=ALIGNMENTS)
    minimum_notice_minutes = span("minimum_notice_minutes", label=gettext_lazy("Book at least this long before"))
    booking_window_days = number(
        "booking_window_days", label=gettext_lazy("Book at most this far ahead"), unit=gettext_lazy("days"),
        required=False, help_text=gettext_lazy("Empty: without limit"),
    )  # fmt: skip
    latest_start = ClockField(
        label=gettext_lazy("Latest start"), latest=DAY_MINUTES - 1, required=False,
        help_text=gettext_lazy("Empty: as late as the hours allow"),
    )  # fmt: skip
    arrival_modes = ChoicesField(label=gettext_lazy("Ways to arrive"), required=False, widget=Chips())
    seats = number(
        "seats", label=gettext_lazy("Places in a group"), required=False,
        help_text=gettext_lazy("For classes that several people book. Empty: no group."),
    )  # fmt: skip
    max_party_size = number(
        "max_party_size", label=gettext_lazy("People in one booking, at most"), required=False,
        help_text=gettext_lazy("1: everybody books for themselves. Empty: all places of a group, else one person."),
    )  # fmt: skip
    approval = ChoiceField(
        label=gettext_lazy("How it is confirmed"), choices=Approval.choices,
        widget=Segments(icons={Approval.INSTANT: "zap", Approval.REQUEST: "user-check", Approval.LINK_ONLY: "link"}),
    )  # fmt: skip
    answer_within_minutes = span("answer_within_minutes", label=gettext_lazy("Answer requests within"))
    answer_ahead_minutes = span(
        "answer_ahead_minutes", label=gettext_lazy("And at least this long before the start"),
        help_text=gettext_lazy("Then an unanswered request closes, and its customer is told."),
    )  # fmt: skip
    cancel_cutoff_minutes = span(
        "cancel_cutoff_minutes", label=gettext_lazy("Customers cancel until, before the start")
    )
    move_cutoff_minutes = span("move_cutoff_minutes", label=gettext_lazy("Customers move until, before the start"))
    reminders = ChoicesField(
        label=gettext_lazy("Reminders, before the start"), required=False, widget=Chips(),
        help_text=gettext_lazy(
            "None chosen: no reminders. They hold for whatever is booked from now on, and leave between 8:00 and 21:00."
        ),
    )  # fmt: skip
    other_reminder = SpanField(
        label=gettext_lazy("Another reminder, before the start"), max_minutes=LONGEST_AHEAD_MINUTES, required=False
    )
    hold_minutes = length(
        "hold_minutes", label=gettext_lazy("Kept while they book"),
        help_text=gettext_lazy("So long nobody else can take the time that a customer is booking."),
    )  # fmt: skip
    most_repeats = number(
        "most_repeats", label=gettext_lazy("Visits that customers book at once, at most"),
        help_text=gettext_lazy("For what repeats every week or so: up to 52 dates. 0: each is booked by itself."),
    )  # fmt: skip
    position = NumberField(
        label=gettext_lazy("Order"), min_value=0, max_value=MAX_POSITION, required=False,
        help_text=gettext_lazy("The lowest number comes first. A new service without one goes to the end."),
    )  # fmt: skip
    strategy = ChoiceField(label=gettext_lazy("Who is chosen"), choices=STRATEGY_CHOICES)

    setup_type = ServiceSetup
    names = {
        "price_minor": "price", "latest_start_minute": "latest_start", "reminder_offsets_minutes": "reminders",
    }  # fmt: skip
    strategy_notes = STRATEGY_NOTES
    further = FURTHER
    parts = PARTS

    def __init__(
        self, data: QueryDict | None = None, *, setup: ServiceSetup | None = None, row_id: int | None = None
    ) -> None:
        super().__init__(data, setup=setup, row_id=row_id)
        add_text_fields(self, SERVICE_TEXTS)
        add_deposit_fields(self, setup)
        self.names = {**self.names, "texts": f"name_{list_other_languages()[0]}"}
        now = utc_now()
        if setup is None:
            blank = ServiceSetup(name="", duration_minutes=60, requirements=())
            self.initial.update(self.list_initial(blank), price_kind=PriceKind.FIXED)
        mark_needed(self.fields["price"])  # unless it is on request
        self._roster = load_roster()
        self._types = [(each.id, each.name) for each in self._roster.types.values() if each.is_active]
        self._resources = [each for each in self._roster.resources.values() if each.is_active]
        services = list_service_entries(now=now, is_active=None)
        self.fields["category"].widget.suggestions = sorted({each.setup.category for each in services} - {""})
        kept = setup.reminder_offsets_minutes if setup else ()
        self.fields["reminders"].choices = list_reminder_choices(kept, data)  # type: ignore[attr-defined]
        self._offer_arrival_modes()
        entries = list_add_on_entries(service_id=row_id, now=now) if row_id else ()
        self._add_on_versions = {each.id: each.version for each in entries}
        sent = (read_row_id(each) for each in data.getlist("extras-known")) if data is not None else ()
        self.known_extras = [each for each in sent if each] if data is not None else list(self._add_on_versions)
        self.requirements = RowSet(
            "requirements",
            self._make_requirement,
            data=data,
            initial=[asdict(each) for each in setup.requirements] if setup else [self._suggest_need()],
        )
        self._offer_others()
        self.starts = RowSet(
            "starts",
            lambda typed, prefix, initial: StartForm(typed, prefix=prefix, initial=initial or None),
            data=data,
            initial=group_periods(setup.bookable_hours) if setup else [],
            most=MOST_BOOKABLE,
        )
        self.questions = RowSet(
            "questions",
            lambda typed, prefix, initial: QuestionForm(typed, prefix=prefix, initial=initial or None),
            data=data,
            initial=[list_question_initial(each) for each in setup.questions] if setup else [],
        )
        self.own = RowSet(
            "own",
            self._make_own,
            data=data,
            initial=[asdict(each) | {"price": each.price_minor} for each in setup.per_resource] if setup else [],
            most=MOST_OWN,
        )
        if setup is not None and data is None:
            self._warn(setup)
        self.extras = RowSet(
            "extras",
            lambda typed, prefix, initial: ExtraForm(typed, prefix=prefix, initial=initial or None),
            data=data,
            initial=[list_extra_initial(each) for each in entries],
            most=MOST_EXTRAS,
        )

    def list_initial(self, setup: ServiceSetup) -> dict[str, Any]:
        """Show the price as an amount."""
        own = {name: getattr(setup, name) for name in SERVICE_TEXTS}
        shown = {
            "price": setup.price_minor, "latest_start": setup.latest_start_minute,
            "reminders": [str(each) for each in setup.reminder_offsets_minutes],
        }  # fmt: skip
        return super().list_initial(setup) | shown | list_text_initial(setup.texts, own)

    def clean(self) -> dict[str, Any]:
        """Ask for a price unless it is on request, and check the rows."""
        data = dict(self.cleaned_data)
        if data.get("price_kind") != PriceKind.ON_REQUEST and "price" not in self.errors and data.get("price") is None:
            self.add_error("price", gettext("Enter the price, or choose “On request”."))
        if data.get("other_reminder") == 0:
            self.add_error("other_reminder", gettext("Enter at least 1 minute, or leave it empty."))
        check_deposit(self, data)
        wrong = [key for key, rows in self.row_sets.items() if not rows.is_valid()]
        if wrong:
            self.add_error(None, gettext("Please check the marked rows."))
        return data

    @property
    def row_sets(self) -> dict[str, RowSet[Any]]:
        """Return the rows by the part of the page in which they stand."""
        return {
            "needs": self.requirements, "when": self.starts, "price": self.own, "questions": self.questions,
            "extras": self.extras,
        }  # fmt: skip

    @property
    def visit(self) -> Visit:
        """Return what the rows take of the visit, to be drawn."""
        return draw_visit(self["duration_minutes"].value(), self.requirements.rows)

    @property
    def shown_price(self) -> Price | None:
        """Return the price that customers read of the service as it is saved."""
        return self._roster.price(self.setup, current_tenant().currency) if self.setup else None

    def read_values(self) -> dict[str, Any]:
        """Return the values, with price, enumerations and requirements in the service's own shape."""
        data = super().read_values() | read_deposit(self.cleaned_data)
        kind, price = PriceKind(data["price_kind"]), data.pop("price")
        latest_start = data.pop("latest_start")
        before = self.setup.reminder_offsets_minutes if self.setup else ()
        reminders = read_reminders(data.pop("reminders"), data.pop("other_reminder"), before)
        texts = read_texts(data, SERVICE_TEXTS)
        return data | {
            "texts": texts,
            "questions": tuple(form.make_question() for form in self.questions.forms),
            "price_kind": kind,
            "price_minor": None if kind is PriceKind.ON_REQUEST else price,
            "align": Align(data["align"]),
            "approval": Approval(data["approval"]),
            "latest_start_minute": latest_start,
            "reminder_offsets_minutes": reminders,
            "strategy": Strategy(data["strategy"]),
            "bookable_hours": tuple(period for form in self.starts.forms for period in form.make_periods()),
            "per_resource": tuple(form.make_setup() for form in self.own.forms),
            "requirements": tuple(form.make_setup(list(self.requirements.rows)) for form in self.requirements.forms),
        }

    def make_extras(self) -> tuple[ExtraLine, ...]:
        """Return the extras as they were typed."""
        return tuple(form.make_line() for form in self.extras.forms)

    def carry_over(self, typed: SetupForm[ServiceSetup]) -> None:
        """Keep the extras as they were typed: another editor of the service has not touched them."""
        assert isinstance(typed, ServiceForm)
        self.extras = typed.extras
        self.known_extras = typed.known_extras

    def perform(self, do: str) -> None:
        """Add or take away a row; what else was typed is shown unchecked."""
        for rows in self.row_sets.values():
            rows.perform(do)
        self._offer_others()
        for form in (self, *(form for rows in self.row_sets.values() for form in rows.forms)):
            show_unchecked(form)

    def refuse(self, error: Invalid, *, names: Any = None) -> None:
        """Mark rows at their places, and the rest as every form does."""
        own: dict[str, tuple[str, ...]] = {}
        kinds: dict[str, Sequence[PageForm]] = {
            "requirements": self.requirements.forms,
            "add_ons": self.extras.forms,
            "per_resource": self.own.forms,
            "questions": self.questions.forms,
            "bookable_hours": [form for form in self.starts.forms for _ in form.make_periods()],
        }
        for name, texts in translate_findings(error.errors).items():
            key, _, rest = name.partition(".")
            place, _, field = rest.partition(".")
            rows = kinds.get(key, ())
            if not place.isdigit() or int(place) >= len(rows):
                own[name_field(name)] = texts
                continue
            form = rows[int(place)]
            if isinstance(form, ExtraForm) and (add_on_id := read_row_id(form["id"].value())):
                fresh = self._add_on_versions.get(add_on_id)
                if fresh != read_row_id(form["version"].value()):
                    form.tell_changes(fresh)
            asked = {"price_minor": "price"}.get(field) or name_field(field)
            for text in texts:
                form.add_error(asked if asked in form.fields else None, text)
        if own or not error.errors:
            super().refuse(type(error)(errors=own) if own else error, names=names)
        elif not self.errors:
            self.add_error(None, gettext("Please check the marked rows."))

    def label_of(self, name: str) -> str:
        """Return how people call a field of the set-up."""
        return str(ROW_LABELS.get(name) or super().label_of(name))

    def describe(self, name: str, value: object) -> str:
        """Return a stored value in words."""
        if name in ROW_LABELS and isinstance(value, list):
            return self._describe_rows(name, value) or "–"
        if name == "latest_start_minute" and isinstance(value, int):
            return format_minute(value)
        formats = get_current_formats()
        if name == "price_minor" and isinstance(value, int):
            return formats.format_money(value, current_tenant().currency)
        field = self.fields.get(name)
        if isinstance(field, SpanField) and isinstance(value, int):
            return formats.format_span(value)
        if isinstance(field, ChoiceField | ChoicesField):
            known = {str(key): str(label) for key, label in field.choices}  # type: ignore[union-attr]
            values = value if isinstance(value, list) else [value]
            return ", ".join(known.get(str(each), str(each)) for each in values) or "–"
        return super().describe(name, value)

    def count_wrong(self, part: Part) -> int:
        """Count the rows of a part as well."""
        rows = self.row_sets.get(part.key)
        return super().count_wrong(part) + (sum(bool(form.errors) for form in rows.forms) if rows else 0)

    def _suggest_need(self) -> dict[str, object]:
        """Begin a new service with one person, where the business has any: most take one."""
        people = [type_id for type_id, _ in self._types if self._roster.types[type_id].is_person]
        return {"resource_type_id": people[0]} if people else {}

    def _make_requirement(self, data: QueryDict | None, prefix: str, initial: dict[str, object]) -> RequirementForm:
        form = RequirementForm(data, prefix=prefix, initial=initial or None)
        types: Sequence[tuple[Any, Any]] = [("", gettext("Any")), *self._types]
        form.fields["resource_type_id"].choices = types  # type: ignore[attr-defined]
        mark_needed(form.fields["resource_type_id"])
        skills = sorted({skill for each in self._resources for skill in each.skills})
        form.fields["skill"].widget.suggestions = skills
        named = {row_id for each in self.setup.requirements for row_id in each.resource_ids} if self.setup else set()
        form.fields["resource_ids"].choices = self._offer_members(named)  # type: ignore[attr-defined]
        return form

    def _make_own(self, data: QueryDict | None, prefix: str, initial: dict[str, object]) -> OwnForm:
        form = OwnForm(data, prefix=prefix, initial=initial or None)
        known = {each.resource_id for each in self.setup.per_resource} if self.setup else set()
        form.fields["resource_id"].choices = [("", "–"), *self._offer_members(known)]  # type: ignore[attr-defined]
        return form

    def _offer_members(self, known: Collection[int]) -> list[tuple[int, str]]:
        """Return who or what is in use, and those that were chosen before and may stay."""
        rows = [each for each in self._roster.resources.values() if each.is_active or each.id in known]
        return [(each.id, each.name if each.is_active else say_archived(each.name)) for each in rows]

    def _describe_rows(self, name: str, value: list[Any]) -> str:
        if name in DESCRIBERS:
            return DESCRIBERS[name](value)
        if name == "requirements":
            return " · ".join(describe_logged(each, self._roster) for each in value)
        return " · ".join(map(self._describe_own, value))

    def _describe_own(self, row: dict[str, Any]) -> str:
        entry = self._roster.resources.get(row["resource_id"])
        return describe_own(entry.name if entry else "–", row["duration_minutes"], row["price_minor"])

    def _warn(self, setup: ServiceSetup) -> None:
        """Tell what can be saved but does not work as it looks, at the part that it is about."""
        for each in list_service_warnings(setup=setup, roster=self._roster):
            key = each.field.partition(".")[0]
            name = self.names.get(key, key)
            self.warnings[name] = (*self.warnings.get(name, ()), each.text)

    def _offer_others(self) -> None:
        for name, form in self.requirements.rows.items():
            form.offer_others(self.requirements.rows, name)

    def _offer_arrival_modes(self) -> None:
        modes = get_vertical(current_tenant().vertical).intake.arrival_modes
        if not modes:
            del self.fields["arrival_modes"]
            return
        choices = [(mode.key, gettext(mode.label)) for mode in modes]
        self.fields["arrival_modes"].choices = choices  # type: ignore[attr-defined]
