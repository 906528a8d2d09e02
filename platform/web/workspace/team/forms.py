"""What is asked about a person, a bay or a tool, and about their types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from accounts.selectors.staff import list_staff, name_people
from kernel.clock import utc_now
from kernel.colors import PALETTE
from scheduling.selectors.catalog.entries import (
    get_location_entry,
    list_resource_entries,
    list_resource_type_entries,
)
from scheduling.selectors.catalog.services import list_locations
from scheduling.services.catalog.checks import MAX_POSITION
from scheduling.services.catalog.resources import MAX_WEIGHT
from scheduling.types import ResourceSetup, ResourceTypeSetup
from web.parts.contacts import EmailField, PhoneField
from web.parts.fields import ChoiceField, ChoicesField, IdField, NumberField, SwitchField, TextField
from web.parts.widgets import Chips, Segments, Swatches
from web.parts.zones import ZoneField, name_zone
from web.workspace.setup_forms import Part, SetupForm, say_archived, spell_alike
from web.workspace.team.glance import Glance, look_at

COLOR_NAMES = (
    gettext_lazy("Blue"),
    gettext_lazy("Teal"),
    gettext_lazy("Orange"),
    gettext_lazy("Violet"),
    gettext_lazy("Pink"),
    gettext_lazy("Green"),
    gettext_lazy("Sky blue"),
    gettext_lazy("Gray"),
)
PEOPLE, THINGS = "people", "things"
KINDS = (
    (PEOPLE, gettext_lazy("People")),
    (THINGS, gettext_lazy("Places and tools")),
)
COLORS = (("", gettext_lazy("No color")), *zip(PALETTE, COLOR_NAMES, strict=True))


class ResourceForm(SetupForm[ResourceSetup]):
    """A resource; its hours and exceptions have pages of their own."""

    name = TextField(label=gettext_lazy("Name"), max_length=120, attrs={"autocomplete": "off"})
    resource_type_id = IdField(label=gettext_lazy("Type"))
    location_id = IdField(label=gettext_lazy("Location"))
    phone = PhoneField(
        label=gettext_lazy("Phone"),
        required=False,
        help_text=gettext_lazy("For messages about appointments. Customers do not see it."),
    )
    email = EmailField(label=gettext_lazy("E-mail"), required=False, attrs={"autocomplete": "off"})
    color = ChoiceField(label=gettext_lazy("Color in the calendar"), choices=COLORS, required=False, widget=Swatches())
    skills = ChoicesField(label=gettext_lazy("Skills"), required=False, widget=Chips())
    new_skills = TextField(
        label=gettext_lazy("Add skills"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Several with commas between: brakes, engine"),
        attrs={"autocomplete": "off"},
    )
    capacity = NumberField(
        label=gettext_lazy("Appointments at a time"),
        min_value=1,
        max_value=1000,
        help_text=gettext_lazy("More than 1 for whoever looks after several at once."),
    )
    efficiency_percent = NumberField(
        label=gettext_lazy("Pace"),
        min_value=1,
        max_value=500,
        unit="%",
        help_text=gettext_lazy("For reports: at 110%, an hour of work takes 55 minutes."),
    )
    is_customer_choosable = SwitchField(
        label=gettext_lazy("Customers may choose them when they book"),
        help_text=gettext_lazy("For people only: customers never read the names of bays, rooms or tools."),
    )
    is_link_only = SwitchField(
        label=gettext_lazy("Customers book them by their own link only"),
        help_text=gettext_lazy("They are not listed, and customers who have no preference get somebody else."),
    )
    weight = NumberField(
        label=gettext_lazy("Share of the turns"),
        min_value=0,
        max_value=MAX_WEIGHT,
        help_text=gettext_lazy("2 has twice as many turns as 1; 0 only when nobody else can."),
    )
    user_id = IdField(
        label=gettext_lazy("Account that signs in as this person"),
        required=False,
        help_text=gettext_lazy("With it they see their own appointments first."),
    )
    position = NumberField(
        label=gettext_lazy("Order"),
        min_value=0,
        max_value=MAX_POSITION,
        required=False,
        help_text=gettext_lazy("The lowest number comes first, also in the calendar. Empty: at the end."),
    )
    timezone = ZoneField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy("Only where it differs from the location’s."),
    )

    setup_type = ResourceSetup
    names = {"skills": "new_skills"}
    further = {
        "hours": gettext_lazy("Hours"),
        "breaks": gettext_lazy("Breaks"),
    }
    parts = (
        Part(
            "who",
            gettext_lazy("Who or what it is"),
            gettext_lazy("A person’s name is on the booking page if customers may choose them."),
            (("name", "resource_type_id"), ("location_id",), ("phone", "email"), ("color",)),
        ),
        Part(
            "skills",
            gettext_lazy("What it can do"),
            gettext_lazy("A service goes only to whoever has the skills that it asks for."),
            (("skills",), ("new_skills",)),
        ),
        Part(
            "capacity",
            gettext_lazy("How much it can do"),
            gettext_lazy("How many appointments fit in at the same minute, and whether customers choose it."),
            (("capacity", "efficiency_percent"), ("weight",), ("is_customer_choosable",), ("is_link_only",)),
        ),
        Part(
            "further",
            gettext_lazy("Account and order"),
            gettext_lazy("Who signs in, and where it stands in lists and in the calendar."),
            (("user_id",), ("position", "timezone")),
        ),
    )

    def __init__(
        self, data: QueryDict | None = None, *, setup: ResourceSetup | None = None, row_id: int | None = None
    ) -> None:
        super().__init__(data, setup=setup, row_id=row_id)
        self._offer_rows()
        if setup is None:
            self.initial.update(
                {"capacity": 1, "efficiency_percent": 100, "color": "", "weight": 1, "is_customer_choosable": True}
            )

    @property
    def glance(self) -> Glance | None:
        """Return what stands beside the form of a resource that exists."""
        return look_at(self.row_id, now=utc_now()) if self.row_id else None

    def read_values(self) -> dict[str, Any]:
        """Return the values, with the skills that were typed among those that were ticked."""
        data = super().read_values()
        known = [skill for skill, _ in self.fields["skills"].choices]  # type: ignore[attr-defined]
        typed = [spell_alike(skill.strip(), known) for skill in data.pop("new_skills").split(",")]
        data["skills"] = tuple(dict.fromkeys((*data["skills"], *filter(None, typed))))
        if self.setup is None and data["resource_type_id"] not in self._people:
            data["is_customer_choosable"] = False  # the switch is on for people; nobody chooses a bay
        return data

    def describe(self, name: str, value: object) -> str:
        """Return a stored value in words: rows by their names, colors by theirs."""
        field = self.fields.get(name)
        if isinstance(field, ZoneField):
            return name_zone(str(value))
        if isinstance(field, IdField | ChoiceField):
            return next((str(label) for key, label in field.choices if str(key) == str(value)), str(value))  # type: ignore[union-attr]
        return super().describe(name, value)

    def label_of(self, name: str) -> str:
        """Return how people call a field."""
        return str(self.fields["skills"].label) if name == "skills" else super().label_of(name)

    def _offer_rows(self) -> None:
        now, setup = utc_now(), self.setup
        kinds = [
            each
            for each in list_resource_type_entries(now=now, is_active=None)
            if each.is_active or (setup and each.id == setup.resource_type_id)
        ]
        self._people = {each.id for each in kinds if each.setup.is_person}
        types = [(each.id, each.setup.name) for each in kinds]
        places = [(each.id, each.name) for each in list_locations()]
        if setup and setup.location_id not in dict(places):
            # Whoever changes the phone of somebody whose location is archived moves nobody.
            kept = get_location_entry(location_id=setup.location_id, now=now).setup.name
            places.append((setup.location_id, say_archived(kept)))
        _offer(self.fields["resource_type_id"], types)
        _offer(self.fields["location_id"], places)
        if len(places) == 1 and (setup is None or setup.location_id == places[0][0]):
            self.fields["location_id"].widget = forms.HiddenInput()
            self.initial.setdefault("location_id", places[0][0])
        known = {skill for each in list_resource_entries(now=now) for skill in each.setup.skills}
        # After a clash what was typed stands among the chips, and is no row's skill yet.
        sent = set(self.data.getlist("skills")) if isinstance(self.data, QueryDict) else set()
        skills = sorted(known | sent | set(setup.skills if setup else ()), key=str.casefold)
        _offer(self.fields["skills"], [(skill, skill) for skill in skills])
        if not skills:
            self.fields["skills"].widget = forms.MultipleHiddenInput()
        if setup and setup.color and setup.color not in dict(COLORS):
            _offer(self.fields["color"], [*COLORS, (setup.color, setup.color)])
        people = {each.id: each.name for each in list_staff()}
        if setup and setup.user_id and setup.user_id not in people:
            people |= name_people([setup.user_id])
        _offer(self.fields["user_id"], [("", gettext("Nobody’s")), *people.items()])


class ResourceTypeForm(SetupForm[ResourceTypeSetup]):
    """A kind of resource."""

    name = TextField(label=gettext_lazy("Name"), max_length=80, attrs={"autocomplete": "off"})
    is_person = ChoiceField(
        label=gettext_lazy("What it is"),
        choices=KINDS,
        widget=Segments(icons={PEOPLE: "users", THINGS: "car-front"}),
    )
    position = NumberField(
        label=gettext_lazy("Order"),
        min_value=0,
        max_value=MAX_POSITION,
        required=False,
        help_text=gettext_lazy("The lowest number comes first. Empty: at the end."),
    )

    setup_type = ResourceTypeSetup
    parts = (
        Part(
            "type",
            gettext_lazy("What is booked"),
            gettext_lazy("Mechanics, bays, chairs, courtesy cars: services ask for so many of a type."),
            (("name",), ("is_person",), ("position",)),
        ),
    )

    def __init__(
        self, data: QueryDict | None = None, *, setup: ResourceTypeSetup | None = None, row_id: int | None = None
    ) -> None:
        super().__init__(data, setup=setup, row_id=row_id)
        if setup is None:
            self.initial["is_person"] = PEOPLE

    def list_initial(self, setup: ResourceTypeSetup) -> dict[str, Any]:
        """Show people and things as two words."""
        return super().list_initial(setup) | {"is_person": PEOPLE if setup.is_person else THINGS}

    def read_values(self) -> dict[str, Any]:
        """Return the values, with whether they are people."""
        data = super().read_values()
        return data | {"is_person": data["is_person"] == PEOPLE}

    def describe(self, name: str, value: object) -> str:
        """Return a stored value in words."""
        if name == "is_person":
            return str(dict(KINDS)[PEOPLE if value else THINGS])
        return super().describe(name, value)


def _offer(field: forms.Field, choices: Sequence[tuple[Any, Any]]) -> None:
    field.choices = choices  # type: ignore[attr-defined]
