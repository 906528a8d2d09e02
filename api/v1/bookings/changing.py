"""Services, extras and party of a booking, changed by staff and programs; what it would be is asked first, or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers, status
from rest_framework.request import Request

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.changing import (
    ChangeFields,
    MoneyOfChangeShape,
    PreviewShape,
    describe_agreed,
    describe_preview,
    read_change,
)
from api.document import describe_call
from api.fields import IdField
from api.v1.bookings.door import DEPOSIT_FIELDS, read_choice
from api.v1.bookings.serializers import DepositFields, OverrideFields, SteppedShape
from api.v1.bookings.staff import describe_step, make_actor, read_id, read_override
from api.v1.bookings.steps import UNMOVED
from api.views import Result, StaffView, answer_once
from billing.services.changing import describe_change
from kernel.clock import utc_now
from scheduling.enums import ActorKind
from scheduling.errors import BookingChanged, RequestInvalid, SetupInvalid
from scheduling.selectors.bookings.corrections import mark_visit
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.contents.changes import change_visit, preview_change

UNCHANGED = (*UNMOVED, BookingChanged, SetupInvalid)


class StaffChangeFields(ChangeFields):
    """Body of ``POST bookings/{id}/change`` and of its preview."""

    resources = serializers.ListField(
        child=IdField(), required=False, max_length=20, help_text="Empty: whoever is free. Left out: as before."
    )
    override = OverrideFields(required=False, help_text="Of staff that may book over the rules.")
    deposit = DepositFields(required=False, help_text="Of the difference, where the deposit grows.")


class ChangedVisitShape(MoneyOfChangeShape, SteppedShape):
    """Answer of ``POST bookings/{id}/change``."""

    mark = serializers.CharField(help_text="Of the booking as it is now.")


class ChangeView(StaffView):
    """``POST bookings/{id}/change``."""

    declared_permission = Permission.BOOKING_MANAGE
    key_area = KeyArea.BOOKINGS

    @describe_call("change_booking", fails=UNCHANGED, request=StaffChangeFields, responses=ChangedVisitShape)
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Give a booking other services, extras or another party; when that cannot be, it stays as it is.

        It is placed anew, at its own start and with the same people where that can be. What stays keeps its price,
        what is new has today's. A deposit that grows is waited for, unless ``deposit`` says why not.
        """
        asked = StaffChangeFields.read(request).validated_data
        how = _read_how(request, asked)
        number = read_id(booking_id)

        def run() -> Result:
            with _name_fields():
                change_visit(booking_id=number, now=utc_now(), by=make_actor(request), **how)
            after = get_booking(booking_id=number)
            body = describe_step(after) | describe_agreed(after) | {"mark": mark_visit(after)}
            return Result(status=status.HTTP_200_OK, body=body)

        return answer_once(request, run, is_personal=False)


class PreviewView(StaffView):
    """``POST bookings/{id}/change/preview``."""

    declared_permission = Permission.BOOKING_MANAGE
    key_area = KeyArea.BOOKINGS

    @describe_call("preview_change", fails=UNCHANGED, request=StaffChangeFields, responses=PreviewShape)
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Say what a change would make of a booking; nothing is changed, and nobody is told."""
        asked = StaffChangeFields.read(request).validated_data
        how = _read_how(request, asked)
        number = read_id(booking_id)

        def run() -> Result:
            now, by = utc_now(), make_actor(request)
            before = get_booking(booking_id=number)
            with _name_fields():
                after = preview_change(booking_id=number, now=now, by=by, **how)
            money = describe_change(before, after, by=ActorKind(by.kind), now=now)
            return Result(status=status.HTTP_200_OK, body=describe_preview(before, after, money))

        return answer_once(request, run, is_personal=False)


def _read_how(request: Request, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "change": read_change(asked, resource_ids=asked.get("resources")),
        "override": read_override(request, asked),
        "deposit": read_choice(asked),
    }


@contextmanager
def _name_fields() -> Iterator[None]:
    """Name what the service finds fault with as the body of a call does."""
    try:
        yield
    except RequestInvalid as error:
        named = {DEPOSIT_FIELDS.get(name, name): texts for name, texts in error.errors.items()}
        raise RequestInvalid(errors=named) from error
