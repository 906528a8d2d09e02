"""The last step: who books, and how to reach them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from scheduling.services.writing.inputs import clean_phone
from web.booking.draft import Draft
from web.booking.flow import Flow

MAX_NAME_LENGTH = 120
LONGEST_KEPT = 500
PHONE_REGIONS = (
    *("AR", "BO", "BR", "CA", "CL", "CO", "CR", "CU", "DE", "DO", "EC", "ES", "FR", "GB", "GT", "HN", "IT"),
    *("MX", "NI", "PA", "PE", "PR", "PT", "PY", "SV", "US", "UY", "VE"),
)
"""Countries offered beside the number; any other can be typed with its ``+``."""

NAME_MISSING = gettext_lazy("Enter your name.")
NAME_LONG = gettext_lazy("This name is too long: %(limit)s characters at most.")
CONTACT_MISSING = gettext_lazy("Enter a phone number or an e-mail so that we can confirm.")
PHONE_DIGITS = gettext_lazy("Enter a phone number with %(digits)s digits.")
PHONE_WRONG = gettext_lazy("Enter a valid phone number.")
EMAIL_WRONG = gettext_lazy("Enter an e-mail address like name@example.com.")


@dataclass(frozen=True, slots=True)
class PhoneRegion:
    """A country and its calling code."""

    region: str
    code: int


@dataclass(frozen=True, slots=True)
class DetailsForm:
    """What was typed about the person, and what is wrong with it; texts are translated.

    Attributes:
        phone: In E.164; None when none was typed.
    """

    draft: Draft
    phone: str | None = None
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_details(data: QueryDict, flow: Flow) -> DetailsForm:
    """Read the posted details; what is wrong is kept as it was typed."""
    region = data.get("phone_region", "")
    draft = replace(
        flow.draft,
        name=data.get("name", ""),
        phone=data.get("phone", "").strip(),
        phone_region=region if region in PHONE_REGIONS else flow.tenant.country,
        email=data.get("email", "").strip(),
        wants_reminders="wants_reminders" in data,
    )
    phone, phone_error = _read_phone(draft)
    errors = {
        "name": _check_name(draft.name),
        "phone": phone_error or ("" if draft.phone or draft.email else str(CONTACT_MISSING)),
        "email": _check_email(draft.email),
    }
    return DetailsForm(draft=draft, phone=phone, errors={key: (text,) for key, text in errors.items() if text})


def shorten(draft: Draft) -> Draft:
    """Return the draft with texts short enough for an address."""
    return replace(
        draft, name=draft.name[:LONGEST_KEPT], phone=draft.phone[:LONGEST_KEPT], email=draft.email[:LONGEST_KEPT]
    )


def list_phone_regions(country: str) -> tuple[PhoneRegion, ...]:
    """Return the countries to choose from, the business's own first."""
    regions = (country, *(region for region in PHONE_REGIONS if region != country))
    return tuple(PhoneRegion(region, phonenumbers.country_code_for_region(region)) for region in regions)


def _check_name(name: str) -> str:
    if not name.strip():
        return str(NAME_MISSING)
    return NAME_LONG % {"limit": MAX_NAME_LENGTH} if len(name.strip()) > MAX_NAME_LENGTH else ""


def _check_email(email: str) -> str:
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        return str(EMAIL_WRONG)
    return ""


def _read_phone(draft: Draft) -> tuple[str | None, str]:
    if not draft.phone:
        return None, ""
    phone = clean_phone(draft.phone[:LONGEST_KEPT], country=draft.phone_region)
    return phone, "" if phone else _describe_phone(draft)


def _describe_phone(draft: Draft) -> str:
    example = phonenumbers.example_number_for_type(draft.phone_region, phonenumbers.PhoneNumberType.MOBILE)
    if draft.phone.startswith("+") or example is None:
        return str(PHONE_WRONG)
    return PHONE_DIGITS % {"digits": len(phonenumbers.national_significant_number(example))}
