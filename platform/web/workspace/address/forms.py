"""What is asked about addresses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from kernel.text import mark
from tenants.hosts import get_platform_name
from web.parts.forms import PageForm, mark_needed
from web.parts.voice import FILL_IN, TOO_LONG

HINT = mark("3 to 40 lowercase letters, digits and hyphens. It is followed by .%(platform)s, as before.")
MOST_TYPED = 300
"""Long enough to say what is wrong with a link that was pasted rather than that it is too long."""
ATTRS = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class AddressForm(PageForm):
    """Another address below the platform's."""

    slug = forms.CharField(
        label=gettext_lazy("New address"),
        max_length=MOST_TYPED,
        widget=forms.TextInput(ATTRS),
        error_messages={"required": FILL_IN, "max_length": TOO_LONG},
    )
    focus_first = "slug"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].help_text = gettext(HINT) % {"platform": get_platform_name()}

    def clean_slug(self) -> str:
        """Accept upper case and blanks around it as a slip of the keyboard; the room below judges the rest."""
        return str(self.cleaned_data["slug"]).strip().lower()


class DomainForm(PageForm):
    """A domain of the business's own; the room below says what is wrong with it."""

    name = mark_needed(
        forms.CharField(
            label=gettext_lazy("Your domain"),
            required=False,
            widget=forms.TextInput({**ATTRS, "inputmode": "url", "placeholder": "citas.tunegocio.com"}),
            help_text=gettext_lazy(
                "Usually a name in front of your domain, such as citas. Your website stays where it is."
            ),
        )
    )
