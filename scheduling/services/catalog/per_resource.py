"""Lengths and prices of single resources, where one needs another time or costs something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kernel.money import PriceKind
from kernel.text import mark
from scheduling.engine import LONGEST_VISIT_MINUTES
from scheduling.models import Resource, ServiceResource
from scheduling.services.catalog.checks import CHOICE_UNKNOWN, NUMBER_WRONG, FieldErrors
from scheduling.types import LARGEST_PRICE_MINOR, ServiceResourceSetup, ServiceSetup

OWN_DURATION_WRONG = mark("The duration is from 1 minute to 14 days.")
OWN_DURATION_SHORT = mark("A part of the visit would begin or end after this.")
NOTHING_OWN = mark("Enter a duration or a price of its own.")
NAMED_TWICE = mark("Each person or thing is listed once.")
PRICE_ON_REQUEST = mark("The price of this service is on request: there is none to differ from.")
TOO_MANY_OWN = mark("At most 500 rows.")
MOST_OWN = 500


def check_per_resource(errors: FieldErrors, setup: ServiceSetup, *, known: Sequence[ServiceResourceSetup] = ()) -> None:
    """Note what cannot be, at ``per_resource.<number>.<field>``.

    What was set up before (``known``) may stay, also if the resource is archived by now.
    """
    rows = setup.per_resource
    errors.require(len(rows) <= MOST_OWN, "per_resource", TOO_MANY_OWN)
    known_ids, seen = {each.resource_id for each in known}, set[int]()
    for number, each in enumerate(rows):
        at = f"per_resource.{number}"
        errors.require(each.resource_id not in seen, f"{at}.resource_id", NAMED_TWICE)
        seen.add(each.resource_id)
        if each.resource_id not in known_ids:
            errors.require(errors.are_active(Resource, [each.resource_id]), f"{at}.resource_id", CHOICE_UNKNOWN)
        has_own = each.duration_minutes is not None or each.price_minor is not None
        errors.require(has_own, f"{at}.duration_minutes", NOTHING_OWN)
        _check_duration(errors, f"{at}.duration_minutes", each.duration_minutes, setup)
        errors.check_number(f"{at}.price_minor", each.price_minor, 0, LARGEST_PRICE_MINOR, NUMBER_WRONG)
        has_price = each.price_minor is None or setup.price_kind is not PriceKind.ON_REQUEST
        errors.require(has_price, f"{at}.price_minor", PRICE_ON_REQUEST)


def write_per_resource(service_id: int, rows: Sequence[ServiceResourceSetup]) -> None:
    """Replace the lengths and prices of a service; two queries at most."""
    ServiceResource.objects.filter(service_id=service_id).delete()
    add_per_resource({service_id: rows})


def add_per_resource(by_service: Mapping[int, Sequence[ServiceResourceSetup]]) -> None:
    """Add the lengths and prices of some services; one query, or none."""
    made = [
        ServiceResource(
            service_id=service_id,
            resource_id=each.resource_id,
            duration_minutes=each.duration_minutes,
            price_minor=each.price_minor,
            position=position,
        )
        for service_id, rows in by_service.items()
        for position, each in enumerate(rows)
    ]
    if made:
        ServiceResource.objects.bulk_create(made)


def _check_duration(errors: FieldErrors, at: str, minutes: int | None, setup: ServiceSetup) -> None:
    if minutes is None or not errors.require(1 <= minutes <= LONGEST_VISIT_MINUTES, at, OWN_DURATION_WRONG):
        return
    needed = max((each.starts_after_minutes + (each.duration_minutes or 1) for each in setup.requirements), default=1)
    errors.require(minutes >= needed, at, OWN_DURATION_SHORT)
