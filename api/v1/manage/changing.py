"""Services, extras and party of one's own booking; what it would be is asked first, or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from api.changing import ChangeFields, PreviewShape, describe_preview, read_change
from api.choices import check_choosable
from api.document import describe_call
from api.fields import IdField
from api.v1.manage.serializers import ManagedShape
from api.v1.manage.views import describe_managed
from api.views import OpenView, Result, answer_once
from billing.services.changing import describe_change
from edge.language import current_language
from kernel.clock import utc_now
from scheduling.enums import ActorKind
from scheduling.errors import (
    BookingChanged,
    CutoffPassed,
    LinkEnded,
    LocationNotFound,
    RequestInvalid,
    ResourceNotFound,
    ServiceNotFound,
    SetupInvalid,
    SlotInPast,
    SlotTaken,
    SlotUnavailable,
    TokenUnknown,
    TransitionRefused,
)
from scheduling.selectors.bookings.views import get_by_token
from scheduling.services.bookings.contents.changes import change_visit, preview_change
from scheduling.types import CUSTOMER, VisitChange

UNCHANGED = (
    TokenUnknown,
    LinkEnded,
    ServiceNotFound,
    ResourceNotFound,
    LocationNotFound,
    SlotTaken,
    SlotUnavailable,
    SlotInPast,
    BookingChanged,
    RequestInvalid,
    SetupInvalid,
    CutoffPassed,
    TransitionRefused,
)


class OwnChangeFields(ChangeFields):
    """Body of ``POST manage/{token}/change`` and of its preview."""

    resource = IdField(required=False)


class ChangeView(OpenView):
    """``POST manage/{token}/change``."""

    @describe_call("change_own_booking", fails=UNCHANGED, request=OwnChangeFields, responses=ManagedShape)
    def post(self, request: Request, token: str) -> HttpResponse:
        """Give the booking other services, extras or another party, as long as it could be moved.

        Reference, link and, where it fits, the start stay; when it cannot be, the booking stays as it is. A deposit
        that grows is waited for: until it is paid the booking is not confirmed.
        """
        asked = OwnChangeFields.read(request).validated_data

        def run() -> Result:
            change_visit(token=token, change=_read(token, asked), now=utc_now(), by=CUSTOMER)
            return Result(status=200, body=describe_managed(token))

        return answer_once(request, run, is_personal=True)


class PreviewView(OpenView):
    """``POST manage/{token}/change/preview``."""

    @describe_call("preview_own_change", fails=UNCHANGED, request=OwnChangeFields, responses=PreviewShape)
    def post(self, request: Request, token: str) -> HttpResponse:
        """Say what a change would make of the booking; nothing is changed, and nobody is told."""
        asked = OwnChangeFields.read(request).validated_data

        def run() -> Result:
            now, language = utc_now(), current_language()
            before = get_by_token(token=token, now=now)
            after = preview_change(token=token, change=_read(token, asked), now=now, by=CUSTOMER)
            money = describe_change(before, after, by=ActorKind.CUSTOMER, now=now)
            return Result(status=200, body=describe_preview(before, after.say_in(language), money))

        return answer_once(request, run, is_personal=True)


def _read(token: str, asked: Mapping[str, Any]) -> VisitChange:
    """Return the change; whom the customer asks for is one of those whom customers may choose.

    Raises:
        TokenUnknown, LinkEnded, ResourceNotFound: As `check_choosable` and the link say.
    """
    resource_id = asked.get("resource")
    change = read_change(asked, resource_ids=None if resource_id is None else [resource_id])
    if change.resource_ids is not None:
        wish = get_by_token(token=token, now=utc_now()).wish
        services = wish.service_ids if change.service_ids is None else change.service_ids
        check_choosable(replace(wish, service_ids=services, resource_ids=change.resource_ids))
    return change
