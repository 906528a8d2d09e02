"""Strict reading of what people type; each refusal names its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kernel.emails import clean_email
from kernel.identity.names import clean_person_name
from kernel.identity.phones import clean_phone, explain_phone, is_fixed_line
from kernel.languages import LANGUAGES
from kernel.lines import drop_invisible, is_unreadable, unify_breaks
from kernel.text import mark
from notifications.services.recipients import is_texted
from scheduling.enums import ConsentPurpose
from scheduling.errors import CustomerInvalid, RequestInvalid
from scheduling.services.questions.answers import check_answers
from scheduling.types import Answer, CustomerDetails, Question, VisitDetails
from scheduling.types.questions import ANSWERED
from tenants.context import current_tenant
from verticals.contract import AssetType, Vertical, VisitDraft
from verticals.registry import get_vertical

NAME_LENGTH, NOTE_LENGTH, REASON_LENGTH = 120, 2000, 300

NAME_MISSING = mark("Enter your name.")
NAME_TOO_LONG = mark("The name may have at most 120 characters.")
UNREADABLE = mark("This contains characters that cannot be used.")
EMAIL_WRONG = mark("Enter an e-mail address like name@example.com.")
PHONE_FIXED = mark("This is a fixed line, where no SMS arrives. Add an e-mail address, or give a mobile number.")
PHONE_NOT_TEXTED = mark("We cannot write SMS to this number. Add an e-mail address.")
CONTACT_MISSING = mark("Enter a phone number or an e-mail address.")
NOTE_TOO_LONG = mark("The note may have at most 2,000 characters.")
CONSENT_UNKNOWN = mark("This consent is not known.")
ARRIVAL_UNKNOWN = mark("This way to arrive is not offered for this service.")
START_UNALIGNED = mark("A time has whole minutes.")
START_NAIVE = mark("A time needs its zone.")
START_FAR = mark("Choose a date within this century.")
REASON_MISSING = mark("Say why.")
REASON_TOO_LONG = mark("The reason may have at most 300 characters.")


@dataclass(frozen=True, slots=True)
class Meter:
    """What an asset's meter shows."""

    value: int
    unit: str


@dataclass(frozen=True, slots=True)
class AssetNames:
    """What an asset is called, its identifier in upper case, and what it is told by, as it is compared."""

    label: str = ""
    identifier: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CleanDetails:
    """What is stored; ``warnings`` are shown to staff and refuse nothing.

    Attributes:
        asset_marks: What the asset is told by, as it is compared.
        meter: What its meter shows, where the trade has one and it was told.
    """

    details: VisitDetails
    asset_label: str
    asset_identifier: str
    asset_marks: tuple[str, ...]
    asset_type: str
    warnings: Mapping[str, tuple[str, ...]]
    meter: Meter | None = None


def check_start(starts_at: datetime) -> None:
    """Refuse a start that no calendar has.

    Raises:
        RequestInvalid: It has no zone, seconds, or lies far away.
    """
    problem = None
    if starts_at.tzinfo is None:
        problem = START_NAIVE
    elif starts_at.second or starts_at.microsecond:
        problem = START_UNALIGNED
    elif not date(2000, 1, 1) <= starts_at.date() <= date(2200, 1, 1):
        problem = START_FAR
    if problem:
        raise RequestInvalid(errors={"starts_at": (problem,)})


def clean_details(
    details: VisitDetails,
    *,
    arrival_modes: tuple[str, ...],
    duration_minutes: int,
    today: date,
    is_staff: bool,
    questions: Sequence[Question] = (),
) -> CleanDetails:
    """Check and normalize everything that was typed; ``questions`` are the services' own.

    Staff may leave the contact and the asset empty (a walk-in), and need no more of an asset than what tells
    it from others (a plate); what they type is checked alike. Only staff says that a certain customer comes.

    Raises:
        CustomerInvalid: ``errors`` has every refused field: ``name``, ``phone``, ``email``, ``contact``,
            ``note``, ``arrival_mode``, ``consents``, ``asset.<key>``, ``answers.<key>``.
    """
    errors: dict[str, tuple[str, ...]] = {}
    customer = _clean_customer(details.customer, errors, is_staff=is_staff)
    note = clean_text(details.note, errors, field="note", length=NOTE_LENGTH, too_long=NOTE_TOO_LONG)
    if details.arrival_mode and details.arrival_mode not in arrival_modes:
        errors["arrival_mode"] = (ARRIVAL_UNKNOWN,)
    if set(details.consents) - set(ConsentPurpose.values):
        errors["consents"] = (CONSENT_UNKNOWN,)
    tenant = current_tenant()
    vertical = get_vertical(tenant.vertical)
    checked = vertical.check_asset(details.asset, today=today, country=tenant.country)
    if not (is_staff and not any(details.asset.values())):
        faults = drop_missing(vertical.asset, details.asset, checked.errors) if is_staff else checked.errors
        errors |= {f"asset.{key}": texts for key, texts in faults.items()}
    own = {each.key for each in questions}
    intake = vertical.intake.check({key: each for key, each in details.answers.items() if key not in own})
    answered, missing = check_answers(questions, details.answers, is_complete=not is_staff)
    errors |= {f"answers.{key}": texts for key, texts in {**intake.errors, **missing}.items()}
    if errors:
        raise CustomerInvalid(errors=errors)
    draft = VisitDraft(duration_minutes, details.arrival_mode or "", checked.values, intake.answers)
    asset, named = vertical.asset, name_asset(checked.values)
    return CleanDetails(
        details=replace(
            details,
            customer=customer,
            note=note,
            asset=dict(checked.values),
            answers=_to_json(intake.answers, answered),
            customer_id=details.customer_id if is_staff else None,
        ),
        asset_label=named.label,
        asset_identifier=named.identifier,
        asset_marks=named.marks,
        asset_type=asset.key if asset else "",
        warnings={**checked.warnings, **vertical.check_visit(draft)},
        meter=_read_meter(vertical, checked.values, country=tenant.country),
    )


def name_asset(values: Mapping[str, str]) -> AssetNames:
    """Return what an asset of the business's trade is called and told by; of a plate alone, the plate."""
    asset = get_vertical(current_tenant().vertical).asset
    if asset is None:
        return AssetNames()
    identifier = asset.identifier(values).upper()
    label = asset.label(values) or identifier
    return AssetNames(label[:160], identifier[:64], asset.list_marks(values))


def clean_reason(raw: str, *, is_required: bool = False) -> str:
    """Return a reason that staff or a customer gives.

    Raises:
        RequestInvalid: It is missing, too long or unreadable.
    """
    errors: dict[str, tuple[str, ...]] = {}
    reason = clean_text(raw, errors, field="reason", length=REASON_LENGTH, too_long=REASON_TOO_LONG)
    if is_required and not reason:
        errors["reason"] = (REASON_MISSING,)
    if errors:
        raise RequestInvalid(errors=errors)
    return reason


def drop_missing(
    asset: AssetType | None, typed: Mapping[str, str], errors: Mapping[str, tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    """Leave out that fields are empty where an asset is told from others by what was typed."""
    fields = asset.fields if asset else ()
    if not any(each.is_identifier and typed.get(each.key, "").strip() for each in fields):
        return errors
    missing = {each.key: (each.missing,) for each in fields}
    return {key: texts for key, texts in errors.items() if texts != missing.get(key)}


def _read_meter(vertical: Vertical, values: Mapping[str, str], *, country: str) -> Meter | None:
    for field in vertical.asset.fields if vertical.asset else ():
        value = values.get(field.key, "")
        if field.is_meter and value.isdigit():
            return Meter(int(value), vertical.list_words(language="en", country=country).get(f"unit.{field.key}", ""))
    return None


def local_today(now: datetime) -> date:
    """Return the business's local date; validators compare years with it."""
    return now.astimezone(ZoneInfo(current_tenant().timezone)).date()


def clean_name(raw: str, errors: dict[str, tuple[str, ...]]) -> str:
    """Return a person's name; what is wrong with it goes to ``errors``."""
    name = clean_person_name(raw)
    if not name:
        errors["name"] = (NAME_MISSING,)
    elif len(name) > NAME_LENGTH:
        errors["name"] = (NAME_TOO_LONG,)
    elif is_unreadable(name):
        errors["name"] = (UNREADABLE,)
    return name


def clean_locale(asked: str) -> str:
    """Return the language that somebody reads; one that is not ours means the business's own."""
    return asked if asked in LANGUAGES else current_tenant().locale


def _clean_customer(
    customer: CustomerDetails, errors: dict[str, tuple[str, ...]], *, is_staff: bool
) -> CustomerDetails:
    name = clean_name(customer.name, errors)
    phone = email = None
    if customer.phone and customer.phone.strip():
        phone = clean_phone(customer.phone, country=current_tenant().country)
        if phone is None:
            errors["phone"] = (explain_phone(customer.phone),)
    if customer.email and customer.email.strip():
        email = clean_email(customer.email)
        if email is None:
            errors["email"] = (EMAIL_WRONG,)
    if phone and not email and not is_staff and "email" not in errors and (fault := _find_silence(phone)):
        errors["phone"] = (fault,)
    if not phone and not email and not is_staff and not {"phone", "email"} & errors.keys():
        errors["contact"] = (CONTACT_MISSING,)
    return CustomerDetails(name=name, phone=phone, email=email, locale=clean_locale(customer.locale))


def _find_silence(phone: str) -> str | None:
    """Return why somebody of whom only a number is known would hear nothing from us; None: they would.

    Whether they answered STOP is nobody's business: whoever types a number need not be its owner.
    """
    if not is_texted(phone):
        return PHONE_FIXED if is_fixed_line(phone) else PHONE_NOT_TEXTED
    return None


def clean_text(raw: str, errors: dict[str, tuple[str, ...]], *, field: str, length: int, too_long: str) -> str:
    """Return a text of several lines; what is wrong with it goes to ``errors``."""
    text = drop_invisible(unify_breaks(raw))
    if len(text) > length:
        errors[field] = (too_long,)
    elif is_unreadable(text.replace("\n", " ").replace("\t", " ")):
        errors[field] = (UNREADABLE,)
    return text


def _to_json(answers: Mapping[str, tuple[str, ...] | str], answered: Sequence[Answer]) -> dict[str, object]:
    told = {key: list(answer) if isinstance(answer, tuple) else answer for key, answer in answers.items()}
    return told | ({ANSWERED: [each.to_json() for each in answered]} if answered else {})
