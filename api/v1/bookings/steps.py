"""The steps that staff and programs take with a booking: by the services of the workspace's buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers, status
from rest_framework.request import Request

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.document import describe_call
from api.fields import IdField, InstantField, TextField, WholeField
from api.serializers import StrictSerializer
from api.v1.bookings.serializers import TEXT_LENGTH, OverrideFields, SteppedShape
from api.v1.bookings.staff import describe_step, make_actor, read_id, read_override
from api.v1.manage.serializers import EmptyFields
from api.views import Result, StaffView, answer_once
from billing.errors import CardNotOffered, CreditNotOffered, FeeChanged, FeeNotDue, RefundInvalid
from billing.services import fees
from billing.services.credits.offering import cancel_for_credit
from kernel.clock import utc_now
from kernel.errors import DomainError
from scheduling.enums import CancelCause
from scheduling.errors import (
    BookingNotFound,
    HoldExpired,
    LocationNotFound,
    RequestInvalid,
    ResourceNotFound,
    ServiceNotFound,
    SlotInPast,
    SlotTaken,
    SlotUnavailable,
    TransitionRefused,
)
from scheduling.errors.visits import PauseUnknown
from scheduling.selectors.availability.lengths import LONGEST_MINUTES, SHORTEST_MINUTES
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.aftercare.delays import announce_delay
from scheduling.services.bookings import cancellations, transitions
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.series.following import cancel_following
from scheduling.types import LARGEST_PRICE_MINOR, LONGEST_LINE, Notice

STUCK: tuple[type[DomainError], ...] = (BookingNotFound, TransitionRefused)
UNMOVED: tuple[type[DomainError], ...] = (
    *STUCK,
    SlotTaken,
    SlotUnavailable,
    SlotInPast,
    ServiceNotFound,
    ResourceNotFound,
    LocationNotFound,
    RequestInvalid,
)


FEES: tuple[type[DomainError], ...] = (BookingNotFound, FeeNotDue, FeeChanged, CardNotOffered)


class DeclineFields(StrictSerializer):
    """Why a request is refused; the customer reads it."""

    reason = TextField(required=False, default="", allow_blank=True, max_length=TEXT_LENGTH)


class StaffCancelFields(DeclineFields):
    """Why a booking is cancelled: a reason that the customer reads, a cause that stays in the business, or both."""

    cause = serializers.ChoiceField(choices=CancelCause.values, required=False, default="")
    as_credit = serializers.BooleanField(
        required=False, default=False, help_text="True: the customer wants as credit what goes back."
    )


class PauseFields(StrictSerializer):
    """Which of the trade's pauses; left out: its usual one."""

    state = TextField(required=False, default="", allow_blank=True, max_length=30)


class DelayFields(StrictSerializer):
    """How far behind the visit is; the customer reads it with ``line``, unless ``tell`` is false."""

    minutes = WholeField(min_value=1, max_value=480)
    tell = serializers.BooleanField(required=False, default=True)
    line = TextField(required=False, default="", allow_blank=True, max_length=LONGEST_LINE)


class ChargeFields(StrictSerializer):
    """The fee as the person saw it, in the booking's currency: refused if it is another one; left out, as agreed."""

    amount_minor = WholeField(required=False, min_value=1, max_value=LARGEST_PRICE_MINOR, source="seen_minor")


class WaiveFields(StrictSerializer):
    """Why no fee is charged; it stays in the business's books."""

    reason = TextField(max_length=300)


class NoticeFields(StrictSerializer):
    """Whether the customer is told, and with which line of the business's own."""

    tell = serializers.BooleanField(required=False, default=True, help_text="False: the customer gets no message.")
    line = TextField(
        required=False, default="", allow_blank=True, max_length=LONGEST_LINE, help_text="Part of the message."
    )


class StaffRescheduleFields(NoticeFields):
    """Another time, and with ``resource`` another person or thing than before."""

    starts_at = InstantField()
    resource = IdField(required=False)
    length_minutes = WholeField(
        required=False,
        min_value=SHORTEST_MINUTES,
        max_value=LONGEST_MINUTES,
        help_text="So long it lasts from now on: whoever serves it stays, unless a resource is named.",
    )
    override = OverrideFields(required=False)


class ReassignFields(NoticeFields):
    """Other people and things at the same time; none: whoever is free."""

    resources = serializers.ListField(child=IdField(), max_length=20)
    override = OverrideFields(required=False)


def cancel(*, as_credit: bool, is_following: bool = False, **asked: Any) -> None:
    """Cancel a booking, or also those of its series after it; what goes back is credit if the customer wants that."""
    if as_credit:
        cancel_for_credit(is_following=is_following, **asked)
    else:
        (cancel_following if is_following else cancellations.cancel_booking)(**asked)


def announce(*, tell: bool, line: str, **asked: Any) -> None:
    """Say that a visit is behind, and tell its customer unless they are not to be told."""
    announce_delay(notice=Notice(is_told=tell, line=line), **asked)


def _read_notice(asked: Mapping[str, Any]) -> Notice:
    return Notice(is_told=asked["tell"], line=asked["line"])


def _make_step(
    name: str,
    text: str,
    service: Callable[..., object],
    *,
    fields: type[StrictSerializer] = EmptyFields,
    fails: tuple[type[DomainError], ...] = STUCK,
    area: KeyArea = KeyArea.BOOKINGS,
) -> type[StaffView]:
    """Return the view of a step: ``service`` takes ``booking_id``, ``now``, ``by`` and what ``fields`` name."""

    @describe_call(name, fails=fails, description=text, request=fields, responses=SteppedShape)
    def post(_self: StaffView, request: Request, booking_id: str) -> HttpResponse:
        asked = fields.read(request).validated_data
        return _run(request, booking_id, lambda number: _take(service, request, number, asked))

    said = {"declared_permission": Permission.BOOKING_MANAGE, "key_area": area}
    return type(name, (StaffView,), {"__doc__": text, "post": post, **said})


def _take(service: Callable[..., object], request: Request, booking_id: int, asked: dict[str, Any]) -> None:
    service(booking_id=booking_id, now=utc_now(), by=make_actor(request), **asked)


def _run(request: Request, booking_id: str, step: Callable[[int], object]) -> HttpResponse:
    number = read_id(booking_id)

    def run() -> Result:
        step(number)
        return Result(status=status.HTTP_200_OK, body=describe_step(get_booking(booking_id=number)))

    return answer_once(request, run, is_personal=False)


ConfirmView = _make_step(
    "confirm_booking",
    "Accept a request; again changes nothing.",
    transitions.approve,
    fails=(*STUCK, HoldExpired),
)
DeclineView = _make_step(
    "decline_booking",
    "Refuse a request: its place is free at once; again changes nothing.",
    transitions.decline,
    fields=DeclineFields,
    fails=(*STUCK, RequestInvalid),
)
CancelView = _make_step(
    "cancel_booking",
    "Cancel a booking, with a reason or a cause: its place is free at once; again changes nothing.",
    cancel,
    fields=StaffCancelFields,
    fails=(*STUCK, RequestInvalid, CreditNotOffered),
)
ArriveView = _make_step("arrive", "The customer is here; again changes nothing.", transitions.mark_arrived)
StartView = _make_step("start_visit", "Work has begun; again changes nothing.", transitions.start_visit)
PauseView = _make_step(
    "pause_visit",
    "Work stands still, for one of the trade's reasons; again changes nothing.",
    transitions.pause_visit,
    fields=PauseFields,
    fails=(*STUCK, PauseUnknown),
)
ResumeView = _make_step("resume_visit", "Work goes on; again changes nothing.", transitions.resume_visit)
DelayView = _make_step(
    "announce_delay",
    "Say that a visit is behind, and tell its customer; what is taken stays as it is. Again changes nothing.",
    announce,
    fields=DelayFields,
    fails=(*STUCK, RequestInvalid),
)
CompleteView = _make_step("complete_visit", "The visit is over; again changes nothing.", transitions.complete_visit)
NoShowView = _make_step(
    "mark_no_show",
    "The customer did not come: only after the start; again changes nothing.",
    transitions.mark_no_show,
)


ChargeFeeView = _make_step(
    "charge_fee",
    "Charge the fee for not coming to the card that was left; a worker does it. Again changes nothing.",
    fees.charge_fee,
    fields=ChargeFields,
    fails=FEES,
    area=KeyArea.PAYMENTS,
)
WaiveFeeView = _make_step(
    "waive_fee",
    "Charge nothing for a visit that did not take place; again changes nothing.",
    fees.waive_fee,
    fields=WaiveFields,
    fails=(BookingNotFound, FeeNotDue, RefundInvalid),
    area=KeyArea.PAYMENTS,
)


class RescheduleView(StaffView):
    """``POST bookings/{id}/reschedule``."""

    declared_permission = Permission.BOOKING_MANAGE
    key_area = KeyArea.BOOKINGS

    @describe_call("reschedule_booking", fails=UNMOVED, request=StaffRescheduleFields, responses=SteppedShape)
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Move a booking to another time, at any minute; when that cannot be, the old time stays.

        With ``length_minutes`` it lasts so long from then on, at its own start too. With ``override`` whoever may
        moves over what is taken, closed or counted.
        """
        asked = StaffRescheduleFields.read(request).validated_data
        override = read_override(request, asked)
        resource_ids = (asked["resource"],) if "resource" in asked else None

        def move(number: int) -> None:
            move_booking(
                booking_id=number,
                starts_at=asked["starts_at"],
                resource_ids=resource_ids,
                now=utc_now(),
                by=make_actor(request),
                override=override,
                length_minutes=asked.get("length_minutes"),
                notice=_read_notice(asked),
            )

        return _run(request, booking_id, move)


class ReassignView(StaffView):
    """``POST bookings/{id}/reassign``."""

    declared_permission = Permission.BOOKING_MANAGE
    key_area = KeyArea.BOOKINGS

    @describe_call("reassign_booking", fails=UNMOVED, request=ReassignFields, responses=SteppedShape)
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Give a booking other people or things at its time; with none named, whoever is free."""
        asked = ReassignFields.read(request).validated_data
        override = read_override(request, asked)

        def move(number: int) -> None:
            move_booking(
                booking_id=number,
                starts_at=get_booking(booking_id=number).starts_at,
                resource_ids=tuple(dict.fromkeys(asked["resources"])),
                now=utc_now(),
                by=make_actor(request),
                override=override,
                notice=_read_notice(asked),
            )

        return _run(request, booking_id, move)
