"""What the owner of a new business types."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from edge.language import current_language
from kernel.errors import Conflict, DomainError
from kernel.identity.greetings import has_link
from kernel.identity.phones import LONGEST_TYPED, clean_phone
from kernel.languages import LANGUAGES
from scheduling.services.catalog.locations import ADDRESS_LENGTH
from tenants.countries import get_market
from tenants.names import is_misleading
from tenants.policies import check_slug_is_free, suggest_slug
from tenants.types import AcceptedText, SignUpDetails
from tenants.zones import find_country
from verticals.registry import get_vertical, list_verticals
from web.errors import translate_error
from web.parts.contacts import EmailField, describe_phone
from web.parts.fields import ChoiceField, TextField
from web.parts.forms import PageForm
from web.parts.legal.texts import DOCUMENTS, get_text, name_versions_in_force
from web.parts.legal.words import write_consent
from web.parts.voice import TOO_LONG
from web.parts.widgets import PasswordInput, Segments
from web.site.places import PlaceInput, list_place_choices

MAX_NAME_LENGTH = 120
MAX_PASSWORD_LENGTH = 128


def list_vertical_choices() -> list[tuple[str, str]]:
    """Return the industry packs as choices, named in the active language."""
    return [(vertical.key, gettext(vertical.name)) for vertical in list_verticals()]


class NameField(TextField):
    """A name of a person or a business, without signs of markup."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_NAME_LENGTH, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the name with single spaces.

        Raises:
            ValidationError: It holds signs of markup or of control, or a link.
        """
        name = super().to_python(value)
        if re.search("[<>]", name):
            raise ValidationError(_("A name cannot contain < or >."))
        if has_link(name):
            raise ValidationError(_("Write the name without links."))
        return name


class AddressField(TextField):
    """Where a business is: anybody may type one, and messages carry it, so nobody advertises in it."""

    def to_python(self, value: Any) -> str:
        """Return the address with single spaces.

        Raises:
            ValidationError: It holds signs of markup, or the address of a web site or a mailbox.
        """
        address = super().to_python(value)
        if re.search("[<>]", address) or has_link(address):
            raise ValidationError(_("Write the street, number and city, without links."))
        return address


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
        error_messages={"required": _("Write the address that your page will have."), "max_length": TOO_LONG},
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

    business_name = NameField(
        label=_("Name of the business"),
        attrs={"autocomplete": "organization"},
        error_messages={"required": _("Write the name of your business.")},
    )
    vertical = ChoiceField(
        label=_("What kind of business is it?"),
        choices=list_vertical_choices,
        widget=VerticalCards(),
        error_messages={"required": _("Choose what kind of business it is.")},
    )
    timezone = ChoiceField(
        label=_("Country and time zone"),
        choices=list_place_choices,
        widget=PlaceInput(),
        error_messages={"required": _("Choose your country and time zone.")},
    )
    address = AddressField(
        label=_("Where your customers come to"),
        max_length=ADDRESS_LENGTH,
        attrs={"autocomplete": "street-address"},
        help_text=_("Street, number and city. It is on your page and in your customers' messages."),
        error_messages={"required": _("Write where your customers come to.")},
    )
    phone = TextField(
        label=_("Phone of the business"),
        max_length=LONGEST_TYPED,
        attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"},
        help_text=_("Your customers call this number; it is on your page."),
        error_messages={"required": _("Write the phone of your business.")},
    )
    owner_name = NameField(
        label=_("Your name"),
        attrs={"autocomplete": "name"},
        error_messages={"required": _("Write your name.")},
    )
    email = EmailField(label=_("E-mail"), error_messages={"required": _("Write your e-mail.")})
    password = forms.CharField(
        label=_("Password"),
        max_length=MAX_PASSWORD_LENGTH,
        strip=False,
        widget=PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 10 characters."),
        error_messages={"required": _("Choose a password."), "max_length": TOO_LONG},
    )
    terms = forms.BooleanField(error_messages={"required": _("Accept the terms to go on.")})

    field_order = [
        "business_name",
        "slug",
        *["vertical", "timezone", "address", "phone", "owner_name", "email", "password", "terms"],
    ]
    password_hash = ""
    language_shown = ""
    """Of the texts beside the box; the page may be in another one by now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["terms"].label = write_consent(is_linked=True)

    @property
    def terms_in_force(self) -> str:
        """Return which versions the page shows, and in which language; it sends them back with the form."""
        return f"{name_versions_in_force()} {current_language()}"

    def clean_phone(self) -> str:
        """Read the number as one of the business's country.

        Raises:
            ValidationError: Nobody has such a number.
        """
        country = find_country(self.cleaned_data.get("timezone", ""))
        typed = str(self.cleaned_data["phone"])
        if country is None:  # that is said at the country
            return typed
        phone = clean_phone(typed, country=country, is_business=True)
        if phone is None:
            raise ValidationError(describe_phone(typed, country), code="invalid")
        return phone

    def clean_terms(self) -> bool:
        """Accept only what the page showed.

        Raises:
            ValidationError: The terms in force are others than those.
        """
        versions, _space, self.language_shown = str(self.data.get("terms_shown", "")).rpartition(" ")
        is_in_force = versions == name_versions_in_force() and self.language_shown in LANGUAGES
        if not is_in_force or self.language_shown != current_language():
            # Whoever accepts the new ones, or those in another language, checks the box again.
            self.data = {name: value for name, value in self.data.items() if name != "terms"}
        if not is_in_force:
            raise ValidationError(_("The terms have changed meanwhile. Please read and accept the new ones."))
        return True

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
        country = str(find_country(data["timezone"]))
        return SignUpDetails(
            business_name=data["business_name"],
            slug=data["slug"],
            vertical=data["vertical"],
            country=country,
            owner_name=data["owner_name"],
            email=data["email"],
            password_hash=self.password_hash,
            locale=get_market(country).locale,
            timezone=data["timezone"],
            phone=data["phone"],
            address=data["address"],
        )

    def list_accepted(self) -> tuple[AcceptedText, ...]:
        """Return what the checked box accepts, in the words and the language of the page that showed it."""
        with translation.override(self.language_shown):
            sentence = write_consent()
        return tuple(get_text(document, self.language_shown).accept(sentence) for document in DOCUMENTS)

    def warn_of_password(self) -> None:
        """Say that a password that was right has to be typed again: pages never send one back."""
        if self.data.get("password") and "password" not in self.errors:
            self.warnings["password"] = (gettext("For your security we do not keep it: type it again."),)


class MailForm(PageForm):
    """Another address for the mail that verifies a sign-up."""

    email = EmailField(label=_("E-mail"))


def normalize_slug(typed: str) -> str:
    """Return a typed address in lower case, without surrounding spaces."""
    return typed.strip().lower()
