"""What staff types: read, checked, and kept when something is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils.translation import gettext, gettext_lazy

from billing.enums import PaymentMeans
from edge.reading import read_instant
from kernel.ids import read_row_id
from kernel.iso import NotIso, parse_time
from kernel.languages import LANGUAGES
from kernel.text import mark
from scheduling.enums import CancelCause
from scheduling.selectors.availability.lengths import LONGEST_MINUTES, SHORTEST_MINUTES
from scheduling.selectors.catalog.offer import Offer
from scheduling.services.writing.inputs import NOTE_LENGTH, NOTE_TOO_LONG
from scheduling.types import (
    MOST_SERVICES,
    BookingView,
    LocationView,
    Question,
    ResourceView,
    ServiceView,
    unite_questions,
)
from tenants.context import current_tenant
from verticals.contract import ArrivalMode
from verticals.registry import get_vertical
from web.formats import format_duration
from web.parts.assets import PREFIX, Asked, list_suggestions, make_asset_fields, read_asset
from web.parts.contacts import ContactForm, PhoneField
from web.parts.fields import (
    ChoiceField,
    DateField,
    IdField,
    LengthField,
    ReasonField,
    SwitchField,
    TextField,
    TimeField,
)
from web.parts.forms import PageForm, mark_needed
from web.parts.questions import QUESTION_PREFIX, Given, make_question_fields, read_answers
from web.parts.widgets import ChoiceChips
from web.templatetags.formats import get_current_formats
from web.workspace.bookings.actions import CREDIT
from web.workspace.bookings.deposits import FIELDS as DEPOSIT_FIELDS
from web.workspace.bookings.deposits import make_deposit_fields
from web.workspace.bookings.payments import Returns
from web.workspace.bookings.placing.telling import add_notice_fields

MAX_SHIFT_MINUTES = 24 * 60
PHONE_ATTRS = {"type": "tel", "inputmode": "tel", "autocomplete": "off"}
REFRESH = {
    "hx-post": reverse_lazy("workspace:new"),
    "hx-trigger": "change",
    "hx-target": "#choose",
    "hx-select": "#choose",
    "hx-swap": "outerHTML",
    "hx-disabled-elt": "unset",
}
"""Another choice shows other times; what was typed beside them stays as it is."""

ALSO = tuple(f"also_{number}" for number in range(1, MOST_SERVICES))
"""The fields of the services that follow the first one."""

SERVICE_MISSING = gettext_lazy("Choose a service.")
TIME_MISSING = gettext_lazy("Choose a time.")
TIME_WRONG = gettext_lazy("This time cannot be read. Choose it again.")
TIME_SKIPPED = gettext_lazy("The clock skips this time on that day. Choose another one.")
REASON_MISSING = mark("Choose why, or write it.")
MONEY = "money"
"""How what was paid goes back, if not as credit."""


def make_override_field() -> ReasonField:
    """Return the question why something is booked over the rules."""
    return ReasonField(
        label=gettext_lazy("Reason"),
        required=False,
        help_text=gettext_lazy("Needed when the time is taken, closed or full. It is kept with the booking."),
    )


def make_despite_field() -> forms.Field:
    """Return the question whether somebody takes money although more of it is on its way."""
    return SwitchField(label=gettext_lazy("I took this money all the same"), widget=forms.CheckboxInput())


class AnyoneField(IdField):
    """Some rows to choose from, and any other that the board or an address names: the service knows who can."""

    def valid_value(self, value: object) -> bool:
        """Accept the id of any row."""
        return read_row_id(str(value)) is not None


class ReasonForm(PageForm):
    """What a step asks, of these fields; several may stand on one page, each under the key of its action.

    Of ``cause`` and ``reason`` one is enough; without a cause to choose from, the text may be left out.
    """

    returns_words = ""
    """How much goes back; empty: nothing does, or nobody asked."""
    coming_words = ""
    """What a card is being charged for the same; empty: none is."""

    means = ChoiceField(
        label=gettext_lazy("Paid with"),
        choices=PaymentMeans.choices,
        required=False,
        initial=PaymentMeans.TRANSFER.value,
        widget=ChoiceChips(),
    )
    is_despite = make_despite_field()

    cause = ChoiceField(label=gettext_lazy("Why"), choices=CancelCause.choices, required=False, widget=ChoiceChips())
    back = ChoiceField(
        label=gettext_lazy("How does the customer want it back?"),
        choices=((MONEY, gettext_lazy("As money")), (CREDIT, gettext_lazy("Credit for another visit"))),
        required=False,
        initial=MONEY,
        widget=ChoiceChips(),
    )
    reason: TextField = ReasonField(
        label=gettext_lazy("Message to the customer"),
        rows=2,
        required=False,
        help_text=gettext_lazy("It is part of the message that they get. The time becomes free."),
    )

    def __init__(self, data: QueryDict | None = None, *, key: str, asks: Collection[str]) -> None:
        super().__init__(data, auto_id=f"why-{key}-%s")
        for name in self.fields.keys() - set(asks):
            del self.fields[name]

    def show_returns(self, returns: Returns | None) -> None:
        """Say what goes back, and ask how where the customer may have it as credit."""
        self.returns_words = returns.words if returns else ""
        if returns is None or not returns.may_be_credit:
            self.fields.pop("back", None)
        elif "back" in self.fields:
            self.fields["back"].choices = ((MONEY, gettext("As money")), (CREDIT, returns.credit_words))  # type: ignore[attr-defined]

    def show_coming(self, words: str) -> None:
        """Say what a card is being charged, and ask whether the money was taken all the same; nothing where none is."""
        self.coming_words = words
        if not words:
            self.fields.pop("is_despite", None)

    def clean(self) -> dict[str, Any]:
        """Ask for a cause or a text, where there are causes to choose from; who says no means says a transfer."""
        data = dict(self.cleaned_data)
        if "means" in self.fields and not self.errors:
            data["means"] = PaymentMeans(data.get("means") or PaymentMeans.TRANSFER)
        if "cause" in self.fields and not self.errors and not data.get("cause") and not data.get("reason"):
            self.add_error("cause", gettext(REASON_MISSING))
        return data


class TeamReasonForm(ReasonForm):
    """Why a visit takes place without its deposit, which its customer does not read."""

    reason = TextField(
        label=gettext_lazy("Why without deposit"),
        max_length=300,
        help_text=gettext_lazy("Only for your team: it is kept in the history of the booking."),
    )


class StartForm(PageForm):
    """A start, in one of four ways, by order of precedence.

    ``on`` + ``at``: the clock on the wall at the business, typed. ``starts_at``: an instant with its
    offset, from a list of free times. ``on`` + ``time``: the place on the board that was pressed.
    ``shift``: minutes from the present start, from a drag.
    """

    starts_at = forms.CharField(required=False, max_length=40)
    on = DateField(required=False)
    at = TimeField(label=gettext_lazy("Time"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    time = forms.CharField(required=False, widget=forms.HiddenInput())
    shift = forms.IntegerField(required=False, min_value=-MAX_SHIFT_MINUTES, max_value=MAX_SHIFT_MINUTES)

    def __init__(self, *args: Any, timezone: str, present_start: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timezone = timezone
        self.present_start = present_start

    def clean(self) -> dict[str, Any]:
        """Settle on one instant, in ``cleaned_data["start"]``."""
        data = dict(self.cleaned_data)
        if not self.errors:
            try:
                data["start"] = self._read_start(data)
            except forms.ValidationError as error:
                self.add_error("starts_at", error)
        return data

    def _read_start(self, data: dict[str, Any]) -> datetime:
        if data.get("on") and data.get("at"):
            return from_wall_clock(data["on"], data["at"], self.timezone)
        if data.get("starts_at"):
            start = read_instant(data["starts_at"])
            if start is None:
                raise forms.ValidationError(TIME_WRONG)
            return start
        pressed = read_time(data.get("time"))
        if data.get("on") and pressed is not None:
            return from_wall_clock(data["on"], pressed, self.timezone)
        if data.get("shift") is not None and self.present_start is not None:
            local = self.present_start.astimezone(ZoneInfo(self.timezone)) + timedelta(minutes=data["shift"])
            return from_wall_clock(local.date(), local.time(), self.timezone)
        raise forms.ValidationError(TIME_MISSING)


class MoveForm(StartForm):
    """The new start of a booking, with whom and for how long, and whether its customer is told."""

    length = forms.IntegerField(required=False)
    seen = forms.IntegerField(required=False, min_value=0)

    def __init__(
        self, data: QueryDict | None = None, *, booking: BookingView, resources: Sequence[ResourceView], **kwargs: Any
    ) -> None:
        super().__init__(data, timezone=booking.timezone, present_start=booking.starts_at, **kwargs)
        self.fields["resource"] = _make_resource_field(resources, {})
        self.fields["override_reason"] = make_override_field()
        add_notice_fields(self)


class BookingForm(ContactForm):
    """What staff asks somebody on the phone or at the counter; what it asks depends on the trade and the service.

    ``service`` and ``resource`` show other times as soon as they are changed.
    """

    phone = PhoneField(label=gettext_lazy("Phone"), required=False, widget=forms.TextInput(PHONE_ATTRS))
    locale = ChoiceField(
        label=gettext_lazy("Language of the messages"),
        choices=[(code, name) for code, name in settings.LANGUAGES if code in LANGUAGES],
        required=False,
    )
    note = TextField(
        label=gettext_lazy("Note"),
        max_length=NOTE_LENGTH,
        rows=3,
        required=False,
        error_messages={"max_length": gettext_lazy(NOTE_TOO_LONG)},
    )
    override_reason = make_override_field()
    length = LengthField(
        label=gettext_lazy("Length"),
        help_text=gettext_lazy("Empty: as long as the service takes."),
        required=False,
        min_value=SHORTEST_MINUTES,
        max_value=LONGEST_MINUTES,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        offer: Offer,
        service: ServiceView | None,
        resources: Sequence[ResourceView],
        initial: Mapping[str, object],
        is_walk_in: bool = False,
        also: Sequence[ServiceView] = (),
    ) -> None:
        super().__init__(data, initial=initial)
        tenant, language = current_tenant(), get_current_formats().language
        vertical = get_vertical(tenant.vertical)
        self.asked = Asked(vertical, language, tenant.country, is_optional=True)
        self.asset_name = vertical.say("asset", language=language, country=tenant.country) if vertical.asset else ""
        mark_needed(self.fields["locale"])
        for name in ("name", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["service"] = _make_service_field(offer.services)
        self.fields["location"] = _make_location_field(offer.locations)
        self.fields["resource"] = _make_resource_field(resources, REFRESH)
        modes = list_arrival_modes(service) if service else ()
        if modes:
            arrival = ChoiceField(
                label=vertical.say("question.arrival", language=language, country=tenant.country),
                choices=[(mode.key, gettext(mode.label)) for mode in modes],
                required=False,
            )
            self.fields["arrival_mode"] = mark_needed(arrival)
        self.fields |= make_deposit_fields(service, is_walk_in=is_walk_in)
        self.fields |= _make_also_fields(offer.services, service, also)
        self.questions = list_questions(service, also)
        self.fields |= make_question_fields(self.questions, language, is_staff=True)
        self.fields |= make_asset_fields(self.asked, lambda each: list_suggestions(vertical, each.key, ""))

    def clean(self) -> dict[str, Any]:
        """Ask for no contact: somebody who stands at the counter may leave none."""
        return dict(self.cleaned_data)

    @property
    def deposit_fields(self) -> tuple[BoundField, ...]:
        """Return the questions about the deposit."""
        return tuple(self[name] for name in DEPOSIT_FIELDS if name in self.fields)

    @property
    def asset_fields(self) -> tuple[BoundField, ...]:
        """Return the questions about the asset."""
        return tuple(self[f"{PREFIX}{each.key}"] for each in self.asked.fields)

    @property
    def also_fields(self) -> tuple[BoundField, ...]:
        """Return the services that follow, and one more to choose."""
        return tuple(self[name] for name in ALSO if name in self.fields)

    @property
    def question_fields(self) -> tuple[BoundField, ...]:
        """Return what the service asks."""
        return tuple(self[f"{QUESTION_PREFIX}{each.key}"] for each in self.questions)

    @property
    def answers(self) -> dict[str, Given]:
        """Return what was answered, by key."""
        return read_answers(self, self.questions, get_current_formats())

    @property
    def asset(self) -> dict[str, str]:
        """Return what was typed about it, by key."""
        typed = {key: text.strip() for key, text in read_asset(self, self.asked).items()}
        return {key: text for key, text in typed.items() if text}


def list_arrival_modes(service: ServiceView) -> tuple[ArrivalMode, ...]:
    """Return the ways to arrive that a service allows, in the vertical's order."""
    modes = get_vertical(current_tenant().vertical).intake.arrival_modes
    return tuple(mode for mode in modes if mode.key in service.arrival_modes)


def _make_service_field(services: Sequence[ServiceView]) -> forms.Field:
    names = [(each.id, f"{each.name} · {format_duration(each.duration_minutes)}") for each in services]
    return IdField(
        label=gettext_lazy("Service"),
        choices=[("", gettext_lazy("Choose")), *names],
        widget=forms.Select(REFRESH),
        error_messages={"required": SERVICE_MISSING, "invalid_choice": SERVICE_MISSING},
    )


def _make_also_fields(
    services: Sequence[ServiceView], service: ServiceView | None, also: Sequence[ServiceView]
) -> dict[str, forms.Field]:
    """Return a choice for each service that follows and for one more; a group has none beside it."""
    if service is None or service.seats is not None:
        return {}
    names = [
        (each.id, f"{each.name} · {format_duration(each.duration_minutes)}") for each in services if not each.seats
    ]
    return {
        name: mark_needed(
            IdField(
                label=gettext_lazy("And then"),
                choices=[("", gettext_lazy("Nothing else")), *names],
                widget=forms.Select(REFRESH),
                required=False,
            )
        )
        for name in ALSO[: len(also) + 1]
    }


def list_questions(service: ServiceView | None, also: Sequence[ServiceView]) -> tuple[Question, ...]:
    """Return what the services of a visit ask, each question once."""
    return unite_questions(question for each in (service, *also) if each is not None for question in each.questions)


def _make_location_field(places: Sequence[LocationView]) -> forms.Field:
    """Return where the visit is; where there is no choice, only carry it."""
    if len(places) < 2:  # noqa: PLR2004 - nothing to choose
        return forms.CharField(required=False, widget=forms.HiddenInput())
    field = IdField(
        label=gettext_lazy("Location"),
        choices=[("", gettext_lazy("Any")), *((each.id, each.name) for each in places)],
        widget=forms.Select(REFRESH),
        required=False,
    )
    return mark_needed(field)


def _make_resource_field(resources: Sequence[ResourceView], attrs: dict[str, Any]) -> forms.Field:
    """Return whom the visit may be given to; where there is no choice, only carry who was clicked on the board."""
    if not resources:
        return forms.CharField(required=False, widget=forms.HiddenInput())
    return mark_needed(
        AnyoneField(
            label=gettext_lazy("With"),
            choices=[("", gettext_lazy("Anyone")), *((each.id, each.name) for each in resources)],
            widget=forms.Select(attrs),
            required=False,
        )
    )


def from_wall_clock(on: date, at: time, timezone: str) -> datetime:
    """Return the instant when the business's clock shows this; the first one when it shows it twice.

    Raises:
        ValidationError: The clock never shows it: it is turned forward then.
    """
    zone = ZoneInfo(timezone)
    try:
        instant = datetime.combine(on, at, tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise forms.ValidationError(TIME_WRONG) from error
    if instant.astimezone(zone).replace(tzinfo=None) != datetime.combine(on, at):
        raise forms.ValidationError(TIME_SKIPPED)
    return instant


def read_time(text: str | None) -> time | None:
    """Return a time of the day, ``HH:MM``; None when it is none."""
    try:
        return parse_time(text or "").replace(second=0, microsecond=0)
    except NotIso:
        return None
