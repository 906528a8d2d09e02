"""What the owner of a new business types."""

from __future__ import annotations

import re
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from edge.language import current_language
from kernel.errors import Conflict, DomainError
from tenants.countries import FIRST_MARKETS, get_market, list_countries
from tenants.names import is_misleading
from tenants.policies import check_slug_is_free, suggest_slug
from tenants.types import SignUpDetails
from verticals.registry import get_vertical, list_verticals
from web.errors import translate_error
from web.parts.contacts import EmailField
from web.parts.fields import FILL_IN, TOO_LONG, ChoiceField, TextField
from web.parts.forms import PageForm
from web.parts.widgets import Segments

MAX_NAME_LENGTH = 120
MAX_PASSWORD_LENGTH = 128


def list_vertical_choices() -> list[tuple[str, str]]:
    """Return the industry packs as choices, named in the active language."""
    return [(vertical.key, gettext(vertical.name)) for vertical in list_verticals()]


def list_country_choices() -> list[tuple[str, str]]:
    """Return all countries as choices, our first markets first, then by name in the active language."""
    names = Locale.parse(current_language()).territories
    others = sorted((code for code in list_countries() if code not in FIRST_MARKETS), key=lambda code: names[code])
    return [(code, names[code]) for code in (*FIRST_MARKETS, *others) if code in names]


class NameField(TextField):
    """A name of a person or a business, without signs of markup."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_NAME_LENGTH, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the name with single spaces.

        Raises:
            ValidationError: It holds signs of markup or of control.
        """
        name = super().to_python(value)
        if re.search("[<>]", name):
            raise ValidationError(_("A name cannot contain < or >."))
        return name


class VerticalCards(Segments):
    """Industry packs as cards with their icons."""

    template_name = "site/vertical_cards.html"

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the pack's icon."""
        return {**super().create_option(name, value, *args, **kwargs), "icon": get_vertical(str(value)).icon}


class SlugInput(forms.TextInput):
    """The changeable part of an address, checked while it is typed."""

    template_name = "site/slug_input.html"

    def __init__(self) -> None:
        super().__init__(
            {
                "maxlength": 40,
                "autocapitalize": "none",
                "autocomplete": "off",
                "spellcheck": "false",
                "inputmode": "url",
            }
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the rest of the address, and where to ask whether it is free."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-check"] = reverse("site:check_slug")
        return {**context, "platform_name": settings.PLATFORM_HOST}


class SlugForm(PageForm):
    """The address of a business's page."""

    # Long enough to say "taken" or "reserved" rather than "too long" for what was pasted.
    slug = forms.CharField(
        label=_("Address of your page"),
        max_length=MAX_NAME_LENGTH,
        widget=SlugInput(),
        help_text=_("Small letters, digits and hyphens. Your customers book here."),
        error_messages={"required": FILL_IN, "max_length": TOO_LONG},
    )

    is_conflict = False

    def clean_slug(self) -> str:
        """Accept upper case and surrounding spaces as a slip of the keyboard; refuse everything else."""
        slug = normalize_slug(self.cleaned_data["slug"])
        try:
            return check_slug_is_free(slug)
        except DomainError as error:
            self.is_conflict = isinstance(error, Conflict)
            raise ValidationError(self._explain(error)) from error

    def _explain(self, error: DomainError) -> str:
        """Return what is wrong, with an address that can be had where the name of the business suggests one."""
        text = translate_error(error)
        free = suggest_slug(str(self.data.get("business_name", ""))[:MAX_NAME_LENGTH])
        if not free:
            return text
        offer = gettext("This one is free: %(slug)s") % {"slug": free}
        return f"{text} {offer}"

    def refuse_slug(self, error: DomainError) -> None:
        """Mark the address as refused, if the form itself had found nothing wrong (a race)."""
        if "slug" not in self.errors:
            self.is_conflict = isinstance(error, Conflict)
            self.add_error("slug", self._explain(error))

    @property
    def status(self) -> int:
        """HTTP status of a refusal: 409 when only the address is in the way, else 422."""
        return 409 if self.is_conflict and set(self.errors) == {"slug"} else 422


class SignUpForm(SlugForm):
    """The sign-up form; errors are in the active language."""

    business_name = NameField(label=_("Name of the business"), attrs={"autocomplete": "organization"})
    vertical = ChoiceField(
        label=_("What kind of business is it?"), choices=list_vertical_choices, widget=VerticalCards()
    )
    country = ChoiceField(
        label=_("Country"), choices=list_country_choices, widget=forms.Select({"autocomplete": "country"})
    )
    owner_name = NameField(label=_("Your name"), attrs={"autocomplete": "name"})
    email = EmailField(label=_("E-mail"))
    password = forms.CharField(
        label=_("Password"),
        max_length=MAX_PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least ten characters."),
        error_messages={"required": FILL_IN, "max_length": TOO_LONG},
    )

    field_order = ["business_name", "slug", "vertical", "country", "owner_name", "email", "password"]
    password_hash = ""

    def clean_business_name(self) -> str:
        """Refuse a name that customers could take for somebody else's: our messages carry it.

        Raises:
            ValidationError: It is a brand's, a bank's, an authority's or ours.
        """
        name = str(self.cleaned_data["business_name"])
        if is_misleading(name):
            raise ValidationError(
                _("This name could be taken for another company's or for ours. Write your own in full.")
            )
        return name

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
