"""What the owner of a new business types."""

from __future__ import annotations

import re
from typing import Any

from babel import Locale
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, DomainError
from kernel.lines import drop_invisible, is_unreadable
from tenants.countries import FIRST_MARKETS, get_market, list_countries
from tenants.policies import check_slug_is_free
from tenants.types import SignUpDetails
from verticals.registry import list_verticals
from web.errors import translate_error

MAX_NAME_LENGTH = 120
MAX_PASSWORD_LENGTH = 128


def list_vertical_choices() -> list[tuple[str, str]]:
    """Return the industry packs as choices, named in the active language."""
    return [(vertical.key, gettext(vertical.name)) for vertical in list_verticals()]


def list_country_choices() -> list[tuple[str, str]]:
    """Return all countries as choices, our first markets first, then by name in the active language."""
    names = Locale.parse((get_language() or "es").split("-")[0]).territories
    others = sorted((code for code in list_countries() if code not in FIRST_MARKETS), key=lambda code: names[code])
    return [(code, names[code]) for code in (*FIRST_MARKETS, *others) if code in names]


class SignUpForm(forms.Form):
    """The sign-up form; the templates draw its fields, errors are in the active language."""

    business_name = forms.CharField(label=_("Name of the business"), max_length=MAX_NAME_LENGTH)
    # Long enough to say "taken" or "reserved" rather than "too long" for what was pasted.
    slug = forms.CharField(label=_("Address of your page"), max_length=MAX_NAME_LENGTH)
    vertical = forms.ChoiceField(label=_("What kind of business is it?"), choices=list_vertical_choices)
    country = forms.ChoiceField(label=_("Country"), choices=list_country_choices)
    owner_name = forms.CharField(label=_("Your name"), max_length=MAX_NAME_LENGTH)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    password = forms.CharField(label=_("Password"), max_length=MAX_PASSWORD_LENGTH, strip=False)

    field_order = ["business_name", "slug", "vertical", "country", "owner_name", "email", "password"]
    is_conflict = False
    password_hash = ""

    def clean_business_name(self) -> str:
        """Refuse signs that no name has."""
        return read_name(self.cleaned_data["business_name"])

    def clean_owner_name(self) -> str:
        """Refuse signs that no name has."""
        return read_name(self.cleaned_data["owner_name"])

    def clean_slug(self) -> str:
        """Accept upper case and surrounding spaces as a slip of the keyboard; refuse everything else."""
        slug = normalize_slug(self.cleaned_data["slug"])
        try:
            return check_slug_is_free(slug)
        except DomainError as error:
            self.is_conflict = isinstance(error, Conflict)
            raise ValidationError(translate_error(error)) from error

    def clean(self) -> dict[str, Any]:
        """Check the password against the person's own data, and keep only its hash."""
        data = self.cleaned_data
        if "password" in data:
            owner = get_user_model()(name=data.get("owner_name", ""), email=data.get("email", ""))
            try:
                validate_password(data["password"], user=owner)
            except ValidationError as error:
                self.add_error("password", error)
            else:
                self.password_hash = make_password(data["password"])
        return data

    def refuse_slug(self, error: DomainError) -> None:
        """Mark the address as refused after the form itself had found nothing wrong (a race)."""
        self.is_conflict = isinstance(error, Conflict)
        self.add_error("slug", translate_error(error))

    @property
    def status(self) -> int:
        """HTTP status of a refusal: 409 when only the address is in the way, else 422."""
        return 409 if self.is_conflict and set(self.errors) == {"slug"} else 422

    def get_details(self) -> SignUpDetails:
        """Return the checked values; the country gives the business its language."""
        data = self.cleaned_data
        return SignUpDetails(
            business_name=data["business_name"],
            slug=data["slug"],
            vertical=data["vertical"],
            country=data["country"],
            owner_name=data["owner_name"],
            email=data["email"],
            password_hash=self.password_hash,
            locale=get_market(data["country"]).locale,
        )


def normalize_slug(typed: str) -> str:
    """Return a typed address in lower case, without surrounding spaces."""
    return typed.strip().lower()


def read_name(typed: str) -> str:
    """Return a typed name with single spaces and without what nobody sees.

    Raises:
        django.core.exceptions.ValidationError: It holds signs of markup or of control, or nothing that is seen.
    """
    name = re.sub(r"\s+", " ", drop_invisible(typed))
    if not name:
        raise ValidationError(forms.Field.default_error_messages["required"], code="required")
    if is_unreadable(name) or re.search("[<>]", name):
        raise ValidationError(_("A name cannot contain < or >."))
    return name
