"""What is sold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime

from django.db import transaction

from kernel.instants import DAY_MINUTES
from kernel.money import PriceKind
from kernel.text import mark
from scheduling.engine import LONGEST_AHEAD_MINUTES, EngineInputError, ServiceSpec, Strategy, visit_of
from scheduling.engine import Requirement as EngineRequirement
from scheduling.enums import CatalogNoun, DepositKind
from scheduling.errors import ServiceNotFound, SetupInvalid, StillUsed
from scheduling.hooks import find_payment_terms, takes_deposits
from scheduling.models import CapacityRule, Service
from scheduling.selectors.catalog.setups import read_service
from scheduling.selectors.catalog.usage import list_bookings_of_services, was_service_booked
from scheduling.services.catalog.checks import (
    CANNOT_WORK,
    NUMBER_WRONG,
    FieldErrors,
    Lookup,
    clean_line,
    clean_lines,
    clean_words,
)
from scheduling.services.catalog.door import (
    Noun,
    add_row,
    change_row,
    compare,
    delete_row,
    find_last_position,
    lock_row,
    to_columns,
)
from scheduling.services.catalog.fitting import keeping_fit
from scheduling.services.catalog.hours import LAST_WEEKDAY, TIME_WRONG, WEEKDAY_WRONG
from scheduling.services.catalog.per_resource import add_per_resource, check_per_resource, write_per_resource
from scheduling.services.catalog.requirements import check_requirements, write_requirements
from scheduling.services.catalog.texts import (
    CATEGORY_LENGTH,
    DESCRIPTION_LENGTH,
    check_questions,
    check_texts,
    clean_questions,
    clean_texts,
)
from scheduling.types import Actor, ServiceSetup, copy_timing

DURATION_WRONG = mark("The duration is from 1 minute to 14 days.")
STEP_WRONG = mark("The step is from 1 minute to a day.")
BUFFER_WRONG = mark("A buffer is from 0 minutes to a day.")
TOO_MANY_REMINDERS = mark("At most 10 reminders.")
DEPOSIT_CLOSED = mark("Deposits can be asked for once this business takes payments.")
CARD_CLOSED = mark("Connect card payments first: a card is left with Stripe.")
FEE_ON_CARD = mark("A booking fee is paid in advance; a card that is left pays nothing in advance. Choose one of them.")

PRICE_MISSING = mark("Enter the price, or choose “On request”.")
PRICE_TOO_MUCH = mark("A price on request has no amount.")
TOO_MANY_BOOKABLE = mark("At most 100 periods.")
MOST_BOOKABLE = 100
STRATEGY_UNKNOWN = mark("Choose one of the options.")

LIMIT_TEXTS = {
    "duration_minutes": DURATION_WRONG,
    "step_minutes": STEP_WRONG,
    "buffer_before_minutes": BUFFER_WRONG,
    "buffer_after_minutes": BUFFER_WRONG,
    "latest_start_minute": TIME_WRONG,
}
AT_STAKE = ("requirements", "bookable_hours", "latest_start_minute")
"""What can leave a booking that was agreed before without its place."""
MOST_REMINDERS = 10


@contextmanager
def _switching(row: Service, is_active: bool, now: datetime) -> Iterator[None]:  # noqa: FBT001 - as `Noun.guard`
    """Keep from archiving what coming bookings contain: nobody could move them any more."""
    with keeping_fit(() if is_active else list_bookings_of_services([row.pk], now=now)):
        yield


NOUN = Noun(CatalogNoun.SERVICE, Service, ServiceNotFound, guard=_switching)


@transaction.atomic
def create_service(*, setup: ServiceSetup, by: Actor, now: datetime, may_ask_deposit: bool = False) -> int:
    """Create a service with its requirements and return its id.

    ``may_ask_deposit`` is for measuring and testing deposits before a business can take payments.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    position = find_last_position(NOUN) if setup.position is None else setup.position
    checked = check_service(replace(setup, position=position), may_ask_deposit=may_ask_deposit)
    service_id = add_row(NOUN, make_service_row(checked), by=by, now=now)
    write_requirements(service_id, checked.requirements)
    add_per_resource({service_id: checked.per_resource})
    return service_id


@transaction.atomic
def change_service(
    *,
    service_id: int,
    setup: ServiceSetup,
    version: int | None,
    by: Actor,
    now: datetime,
    may_ask_deposit: bool = False,
    is_restored: bool = False,
) -> int:
    """Change a service and return its version, the same when nothing differs.

    Bookings keep what was agreed. A deposit that is asked already may stay. ``is_restored`` takes an archived one
    back at once.

    Raises:
        ServiceNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be.
        BookingsInTheWay: Coming bookings lack what it would require, or start when it would not.
    """
    row = lock_row(NOUN, service_id, version=version, may_be_archived=is_restored)
    before = read_service(row)
    position = before.position if setup.position is None else setup.position
    checked = check_service(
        replace(setup, position=position), before=before, own_id=row.pk, may_ask_deposit=may_ask_deposit
    )
    changed = compare(before, checked)
    if "per_resource" in changed:
        write_per_resource(row.pk, checked.per_resource)
    touched = next((field for field in AT_STAKE if field in changed), "")
    agreed = list_bookings_of_services([row.pk], now=now) if touched else ()
    with keeping_fit(agreed, field=touched):
        if "requirements" in changed:
            write_requirements(row.pk, checked.requirements)
        return change_row(NOUN, row, before, checked, by=by, now=now, is_restored=is_restored)


@transaction.atomic
def share_out(*, service_id: int, strategy: str, version: int | None, by: Actor, now: datetime) -> int:
    """Say how a service is shared out among those who can do it, and return its version.

    Raises:
        ServiceNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: There is no such strategy.
    """
    if strategy not in set(Strategy):
        raise SetupInvalid(errors={"strategy": (STRATEGY_UNKNOWN,)})
    row = lock_row(NOUN, service_id, version=version)
    before = read_service(row)
    return change_row(NOUN, row, before, replace(before, strategy=Strategy(strategy)), by=by, now=now)


@transaction.atomic
def delete_service(*, service_id: int, by: Actor, now: datetime) -> None:
    """Delete a service that was never booked, with its requirements and extras.

    Raises:
        ServiceNotFound: There is none.
        StillUsed: It was booked, or a rule names it.
    """
    row = lock_row(NOUN, service_id, version=None, may_be_archived=True)
    uses = {
        "bookings": int(was_service_booked(row.pk)),
        "rules": CapacityRule.objects.filter(service=row).count(),
    }
    if any(uses.values()):
        raise StillUsed(uses=uses)
    delete_row(NOUN, row, read_service(row), by=by, now=now)


def make_service_row(setup: ServiceSetup) -> Service:
    """Make the row of a checked set-up; its requirements, and what differs per resource, lie in tables of their own."""
    columns = to_columns(setup)
    del columns["requirements"], columns["per_resource"]
    return Service(**columns)


def check_service(
    setup: ServiceSetup,
    *,
    before: ServiceSetup | None = None,
    own_id: int | None = None,
    may_ask_deposit: bool = False,
    lookup: Lookup | None = None,
) -> ServiceSetup:
    """Return what can be saved; what was chosen ``before`` may stay.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    setup = replace(
        setup,
        name=clean_line(setup.name),
        category=clean_line(setup.category),
        description=clean_lines(setup.description),
        arrival_modes=clean_words(setup.arrival_modes),
        texts=clean_texts(setup.texts),
        questions=clean_questions(setup.questions),
        requirements=tuple(replace(each, skill=clean_line(each.skill)) for each in setup.requirements),
    )
    errors = FieldErrors(lookup)
    errors.check_name(setup.name)
    errors.check_text("category", setup.category, length=CATEGORY_LENGTH)
    errors.check_text("description", setup.description, length=DESCRIPTION_LENGTH)
    check_texts(errors, setup.texts)
    check_questions(errors, setup.questions)
    errors.check_position(setup.position)
    errors.check_free(Service, {"category": setup.category, "name": setup.name}, own_id=own_id)
    _check_limits(errors, setup)
    _check_policy(errors, setup, before)
    _check_deposit(errors, setup, before, may_ask_deposit=may_ask_deposit)
    _check_bookable_hours(errors, setup)
    check_requirements(errors, setup, known=before.requirements if before else ())
    check_per_resource(errors, setup, known=before.per_resource if before else ())
    errors.raise_any()
    _check_together(errors, setup)
    errors.raise_any()
    return setup


def _check_limits(errors: FieldErrors, setup: ServiceSetup) -> None:
    for field in fields(setup):
        if "limits" in field.metadata:
            least, most = field.metadata["limits"]
            text = LIMIT_TEXTS.get(field.name, NUMBER_WRONG)
            errors.check_number(field.name, getattr(setup, field.name), least, most, text)


def _check_policy(errors: FieldErrors, setup: ServiceSetup, before: ServiceSetup | None) -> None:
    is_open = setup.price_kind is PriceKind.ON_REQUEST
    errors.require(is_open or setup.price_minor is not None, "price_minor", PRICE_MISSING)
    errors.require(not is_open or setup.price_minor is None, "price_minor", PRICE_TOO_MUCH)
    offsets = setup.reminder_offsets_minutes
    are_offsets = all(1 <= each <= LONGEST_AHEAD_MINUTES for each in offsets) and len(set(offsets)) == len(offsets)
    errors.require(are_offsets, "reminder_offsets_minutes", NUMBER_WRONG)
    errors.require(len(offsets) <= MOST_REMINDERS, "reminder_offsets_minutes", TOO_MANY_REMINDERS)
    errors.check_arrival_modes("arrival_modes", setup.arrival_modes, known=before.arrival_modes if before else ())


def _check_bookable_hours(errors: FieldErrors, setup: ServiceSetup) -> None:
    errors.require(len(setup.bookable_hours) <= MOST_BOOKABLE, "bookable_hours", TOO_MANY_BOOKABLE)
    for number, each in enumerate(setup.bookable_hours):
        at = f"bookable_hours.{number}"
        errors.check_number(f"{at}.weekday", each.weekday, 0, LAST_WEEKDAY, WEEKDAY_WRONG)
        errors.check_number(f"{at}.opens_minute", each.opens_minute, 0, DAY_MINUTES - 1, TIME_WRONG)
        errors.check_number(f"{at}.closes_minute", each.closes_minute, 0, DAY_MINUTES, TIME_WRONG)


def _check_deposit(
    errors: FieldErrors, setup: ServiceSetup, before: ServiceSetup | None, *, may_ask_deposit: bool
) -> None:
    asked = (setup.deposit_kind, setup.deposit_minor, setup.deposit_percent)
    is_kept = before is not None and asked == (before.deposit_kind, before.deposit_minor, before.deposit_percent)
    is_none = setup.deposit_kind == DepositKind.NONE
    if not (is_none or may_ask_deposit or is_kept):
        errors.require(takes_deposits(), "deposit_kind", DEPOSIT_CLOSED)
    if setup.is_deposit_on_card and not (may_ask_deposit or (before is not None and before.is_deposit_on_card)):
        terms = find_payment_terms()
        errors.require(terms is not None and terms.takes_card, "is_deposit_on_card", CARD_CLOSED)
    errors.require(not (setup.is_deposit_on_card and setup.is_deposit_fee), "is_deposit_fee", FEE_ON_CARD)


def _check_together(errors: FieldErrors, setup: ServiceSetup) -> None:
    """Let the engine judge what no field alone tells, such as a notice beyond the booking window."""
    requirements = tuple(
        EngineRequirement(
            each.resource_ids or tuple(range(each.quantity)),
            each.quantity,
            each.starts_after_minutes,
            each.duration_minutes,
            each.same_as,
        )
        for each in setup.requirements
    )
    try:
        visit_of(ServiceSpec(id=0, requirements=requirements, **copy_timing(setup)))
    except EngineInputError as error:
        errors.require(False, error.field, CANNOT_WORK)
