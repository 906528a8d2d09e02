"""Who somebody is and how to reach them: the same fields, limits and words on every page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from kernel.emails import LONGEST_EMAIL, clean_email
from kernel.identity.phones import PHONE_WRONG, clean_phone, explain_phone, give_example, list_calling_codes
from scheduling.services.writing.inputs import (
    CONTACT_MISSING,
    EMAIL_WRONG,
    NAME_LENGTH,
    NAME_MISSING,
    NAME_TOO_LONG,
)
from tenants.context import current_tenant
from web.formats import format_phone
from web.parts.fields import TextField
from web.parts.forms import PageForm
from web.parts.voice import FILL_IN
from web.parts.widgets import PairInput

PHONE_REGIONS = (
    *("AR", "BO", "BR", "CA", "CL", "CO", "CR", "CU", "DE", "DO", "EC", "ES", "FR", "GB", "GT", "HN", "IT"),
    *("MX", "NI", "PA", "PE", "PR", "PT", "PY", "SV", "US", "UY", "VE"),
)
"""Countries offered beside the number; any other can be typed with its ``+``."""

PHONE_DIGITS = gettext_lazy("Enter a phone number with %(digits)s digits, such as %(example)s.")
PHONE_ARGENTINE = gettext_lazy("Write the area code without 0 and the number without 15, such as %(example)s.")


class EmailField(TextField):
    """An e-mail address, as `kernel.emails` writes it."""

    def __init__(self, *, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        widget = forms.EmailInput({"inputmode": "email", "autocomplete": "email", **(attrs or {})})
        super().__init__(max_length=LONGEST_EMAIL, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the address; empty when none was typed.

        Raises:
            ValidationError: It is none.
        """
        typed = str(super().clean(value))
        email = clean_email(typed) if typed else ""
        if email is None:
            raise ValidationError(gettext(EMAIL_WRONG), code="invalid")
        return email


class PhoneInput(PairInput):
    """A country's calling code and a number in it."""

    css = "phone"

    def __init__(self) -> None:
        number = forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"})
        self.regions = forms.Select({"aria-label": gettext_lazy("Country code")})
        super().__init__({"region": self.regions, "": number})

    def decompress(self, value: Any) -> list[str]:
        """Show a stored number as people of the business's country write it."""
        country = current_tenant().country
        return [country, format_phone(str(value or ""), country)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Offer the business's own country first, with a number as people have it there."""
        country = current_tenant().country
        self.widgets[0].choices = list_region_choices(country)  # type: ignore[attr-defined]
        self.widgets[1].attrs["placeholder"] = give_example(country)
        return super().get_context(name, value, attrs)


class PhoneField(forms.Field):
    """A phone number, read as one of the chosen country unless it begins with ``+``.

    Its value is E.164, empty when nothing was typed; initially it is a pair of country and text.
    """

    default_error_messages = {"required": FILL_IN}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": PhoneInput(), **kwargs})

    def clean(self, value: Any) -> str:
        """Return the number in E.164.

        Raises:
            ValidationError: Nobody has such a number.
        """
        region, typed = value if isinstance(value, list | tuple) else (None, value)
        region = region if region in PHONE_REGIONS else current_tenant().country
        typed = (typed or "").strip()
        super().clean(typed)
        if not typed:
            return ""
        phone = clean_phone(typed, country=region)
        if phone is None:
            raise ValidationError(describe_phone(typed, region), code="invalid")
        return phone


class ContactForm(PageForm):
    """A person and one way to reach them at least."""

    name = TextField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy(NAME_MISSING), "max_length": gettext_lazy(NAME_TOO_LONG)},
    )
    phone = PhoneField(label=gettext_lazy("Phone"), required=False)
    email = EmailField(label=gettext_lazy("E-mail"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for a phone number or an address."""
        data = dict(self.cleaned_data)
        if not {"phone", "email"} & self.errors.keys() and not data.get("phone") and not data.get("email"):
            self.add_error("phone", gettext(CONTACT_MISSING))
        return data


def list_region_choices(country: str) -> list[tuple[str, str]]:
    """Return countries with their calling codes, the business's own first."""
    regions = (country, *(region for region in PHONE_REGIONS if region != country))
    return [(region, f"+{code} {region}") for region, code in list_calling_codes(regions)]


def describe_phone(typed: str, region: str) -> str:
    """Say what is wrong with a number, with one as people of that country write it."""
    example = give_example(region)
    reason = explain_phone(typed)
    if reason != PHONE_WRONG or typed.startswith("+") or not example:
        return gettext(reason)
    pattern = PHONE_ARGENTINE if region == "AR" else PHONE_DIGITS
    return pattern % {"digits": sum(map(str.isdigit, example)), "example": example}
