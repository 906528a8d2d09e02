"""What the page of the widget asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from kernel.languages import LANGUAGE_NAMES
from scheduling.selectors.catalog.offer import load_offer
from scheduling.types import LocationView, ResourceView, ServiceView
from web.parts.fields import ChoiceField, TextField
from web.parts.forms import PageForm, mark_needed
from web.parts.widgets import ChoiceChips, Segments
from web.workspace.widget.snippets import PLACES, Look

LONGEST_LABEL = 60
FEWEST = 2
"""Nothing, and the only one there is: that is no choice."""
MOST_TYPED = 2000
TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}
MODES = (
    ("inline", gettext_lazy("In the page")),
    ("popup", gettext_lazy("Window")),
    ("button", gettext_lazy("Button")),
    ("floating", gettext_lazy("Floating")),
)
HINTS = {
    "inline": gettext_lazy("Among your content"),
    "popup": gettext_lazy("When a link of yours is touched"),
    "button": gettext_lazy("Where you put it"),
    "floating": gettext_lazy("Below, always in sight"),
}
NAMES = ("HTML", "WordPress", "Wix", "Squarespace", "Shopify", "React")


class ModeCards(Segments):
    """Segments that say below the name what it means."""

    template_name = "workspace/widget/modes.html"

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what it means."""
        return {**super().create_option(name, value, *args, **kwargs), "hint": HINTS[str(value)]}


class LookForm(PageForm):
    """How the widget is to be, and for what kind of site; all of it stands in the address."""

    mode = ChoiceField(
        label=gettext_lazy("How it shows"),
        choices=MODES,
        widget=ModeCards(
            icons={
                "inline": "panel-top",
                "popup": "app-window",
                "button": "mouse-pointer-click",
                "floating": "message-square",
            }
        ),
    )
    location = forms.ChoiceField(label=gettext_lazy("Location"), required=False)
    service = forms.ChoiceField(label=gettext_lazy("Begin with"), required=False)
    resource = forms.ChoiceField(label=gettext_lazy("With whom?"), required=False)
    locale = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("", gettext_lazy("The visitor’s")), *LANGUAGE_NAMES.items()],
        required=False,
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Colors"),
        choices=[
            ("", gettext_lazy("As the visitor’s device")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ],
        required=False,
    )
    label = TextField(label=gettext_lazy("Text of the button or link"), max_length=LONGEST_LABEL, required=False)
    place = ChoiceField(
        label=gettext_lazy("Where you paste it"), choices=tuple(zip(PLACES, NAMES, strict=True)), widget=ChoiceChips()
    )
    is_strict = forms.BooleanField(label=gettext_lazy("My site blocks inline styles (CSP)"), required=False)

    def __init__(self, data: QueryDict, *, language: str, label: str) -> None:
        usual = {"mode": "inline", "place": "html", "label": label}
        super().__init__({**usual, **data.dict()})
        self.usual = usual
        offer = load_offer().say_in(language)
        services = offer.list_bookable_services()
        people = {one.id: one for each in services for one in offer.list_choosable_resources(each.id)}
        self._offer("service", gettext_lazy("All services"), services)
        self._offer("location", gettext_lazy("The visitor chooses"), offer.locations)
        self._offer("resource", gettext_lazy("The visitor chooses"), people.values())
        for name in ("location", "resource"):
            if len(self.fields[name].choices) <= FEWEST:  # type: ignore[attr-defined]
                del self.fields[name]

    def _offer(self, name: str, nothing: Promise, rows: Iterable[LocationView | ServiceView | ResourceView]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", nothing), *((str(each.id), each.name) for each in rows)]

    def read_look(self, *, accent: str) -> tuple[Look, str]:
        """Return the look, and the kind of site; what somebody wrote into the address and is no choice is as usual.

        ``accent`` is the color of the business.
        """
        self.is_valid()
        values = {**self.usual, **{name: value for name, value in self.cleaned_data.items() if value}}
        place = str(values.pop("place"))
        return Look(**values, accent=accent), place


class SiteForm(PageForm):
    """A site that may show the widget; the room below says what is wrong with it."""

    site = mark_needed(
        forms.CharField(
            label=gettext_lazy("Address of the site"),
            required=False,
            widget=forms.TextInput({**TYPED, "placeholder": "www.tunegocio.com"}),
        )
    )


class CheckForm(PageForm):
    """The page on which the widget does not show."""

    url = mark_needed(
        forms.CharField(
            label=gettext_lazy("Page where you pasted the code"),
            required=False,
            max_length=MOST_TYPED,
            widget=forms.TextInput({**TYPED, "placeholder": "https://www.tunegocio.com/citas"}),
        )
    )
