"""What the page of the widget asks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from kernel.languages import LANGUAGE_NAMES
from scheduling.selectors.catalog.services import list_bookable_services
from web.parts.fields import ChoiceField, TextField
from web.parts.forms import PageForm, mark_needed
from web.parts.widgets import ChoiceChips, Segments
from web.workspace.widget.snippets import PLACES, Look

LONGEST_LABEL = 60
MOST_TYPED = 2000
TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}
MODES = (
    ("inline", gettext_lazy("In the page")),
    ("popup", gettext_lazy("Window")),
    ("button", gettext_lazy("Button")),
    ("floating", gettext_lazy("Floating")),
)
NAMES = ("HTML", "WordPress", "Wix", "Squarespace", "Shopify", "React")


class LookForm(PageForm):
    """How the widget is to be, and for what kind of site; all of it stands in the address."""

    mode = ChoiceField(
        label=gettext_lazy("How it shows"),
        choices=MODES,
        widget=Segments(
            icons={
                "inline": "panel-top",
                "popup": "app-window",
                "button": "mouse-pointer-click",
                "floating": "message-square",
            }
        ),
    )
    service = forms.ChoiceField(label=gettext_lazy("Begin with"), required=False)
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
        services: Any = self.fields["service"]
        services.choices = [
            ("", gettext_lazy("All services")),
            *((str(each.id), each.name) for each in list_bookable_services(language=language)),
        ]
        self.usual = usual

    def read_look(self) -> tuple[Look, str]:
        """Return the look, and the kind of site; what somebody wrote into the address and is no choice is as usual."""
        self.is_valid()
        values = {**self.usual, **{name: value for name, value in self.cleaned_data.items() if value}}
        place = str(values.pop("place"))
        return Look(**values), place


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
