"""What is asked about a place."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from kernel.law.calendars import list_regions
from scheduling.types import LocationSetup
from tenants.context import current_tenant
from web.parts.contacts import EmailField, PhoneField
from web.parts.fields import ChoiceField, SwitchField, TextField
from web.parts.zones import ZoneField, name_zone
from web.workspace.setup_forms import Part, SetupForm


class LocationForm(SetupForm[LocationSetup]):
    """A place; its order stays as it is, its hours have a page of their own."""

    name = TextField(label=gettext_lazy("Name"), max_length=120, attrs={"autocomplete": "off"})
    timezone = ZoneField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Type the nearest large city. All times of this place follow its clocks."),
    )
    address = TextField(
        label=gettext_lazy("Address"), max_length=300, rows=2, required=False, attrs={"autocomplete": "off"}
    )
    map_url = TextField(
        label=gettext_lazy("Link to the map"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Only if the address alone leads people to the wrong door: copy it from your map."),
        attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"},
    )
    phone = PhoneField(label=gettext_lazy("Phone of the business"), required=False)
    email = EmailField(label=gettext_lazy("E-mail"), required=False, attrs={"autocomplete": "off"})
    what_to_bring = TextField(
        label=gettext_lazy("What to bring"),
        max_length=300,
        rows=3,
        required=False,
        help_text=gettext_lazy("It is in the confirmation and in every message: papers, keys, come fasting …"),
    )
    observes_public_holidays = SwitchField(
        label=gettext_lazy("Close on public holidays"),
        help_text=gettext_lazy("Each of them can be worked all the same: see the special days."),
    )
    region = ChoiceField(
        label=gettext_lazy("Region, for its holidays"),
        required=False,
        help_text=gettext_lazy("Some regions have holidays that the rest of the country does not have."),
    )

    setup_type = LocationSetup
    further = {
        "hours": gettext_lazy("Hours"),
        "breaks": gettext_lazy("Breaks"),
        "position": gettext_lazy("Order"),
    }
    parts = (
        Part(
            "place",
            gettext_lazy("Where it is"),
            gettext_lazy("Customers see this when they book, and in every message."),
            (("name", "timezone"), ("address",), ("map_url",)),
        ),
        Part(
            "contact",
            gettext_lazy("How to reach it"),
            gettext_lazy("Whoever has a question calls or writes here."),
            (("phone", "email"), ("what_to_bring",)),
        ),
        Part(
            "holidays",
            gettext_lazy("Public holidays"),
            gettext_lazy("They come by themselves every year, by country and region."),
            (("observes_public_holidays",), ("region",)),
        ),
    )

    def __init__(
        self, data: QueryDict | None = None, *, setup: LocationSetup | None = None, row_id: int | None = None
    ) -> None:
        super().__init__(data, setup=setup, row_id=row_id)
        regions = list_regions(current_tenant().country)
        if regions:
            self.fields["region"].choices = [("", gettext_lazy("The whole country")), *regions]  # type: ignore[attr-defined]
        else:
            del self.fields["region"]
        if setup is None:
            self.initial.update({"timezone": current_tenant().timezone, "observes_public_holidays": True})

    def describe(self, name: str, value: object) -> str:
        """Return a stored value in words: zones by their cities, regions by their names."""
        if name == "timezone":
            return name_zone(str(value))
        if name == "region":
            return dict(list_regions(current_tenant().country)).get(str(value), "–")
        return super().describe(name, value)
