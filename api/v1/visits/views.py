"""Asking for one's visits, seeing them, and ending the link: the token is the permission."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api.document import describe_call
from api.v1.visits.again import choose_offered, find_next_time
from api.v1.visits.serializers import AgainShape, AskedShape, AskFields, OwnVisitsShape, VisitsShape
from api.views import OpenView, Result, answer_once
from edge.language import current_language
from edge.limits import check_limits
from edge.requests import find_block
from kernel.clock import utc_now
from kernel.errors import Invalid, LimitReached
from kernel.identity.recipients import name_recipient
from kernel.ids import read_row_id
from kernel.limits import Ask
from kernel.text import mark
from notifications.services.recipients import sends_sms
from scheduling.enums import ContactKind
from scheduling.errors import BookingNotFound, RequestInvalid, ServiceNotFound, VisitsLinkUnknown
from scheduling.policies import LINK_LIFE, check_new_bookings
from scheduling.selectors.aftercare.own_data import collect_own_visits
from scheduling.selectors.bookings.visits import get_visit, get_visits_contact, list_visits
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from scheduling.services.visits.links import ask_for_visits, end_visits_link, read_contact
from scheduling.types import CUSTOMER, BookingView
from tenants.context import current_tenant
from tenants.errors import NotPublished

BY_EMAIL_ONLY = mark("Here the link is sent by e-mail only: the e-mail of the appointment is needed.")
AFTER = OpenApiParameter("after", OpenApiTypes.STR, description="``next`` of the answer before: earlier visits.")


class AskView(OpenView):
    """``POST visits``."""

    @describe_call("ask_for_visits", fails=(RequestInvalid,), request=AskFields, responses={202: AskedShape})
    def post(self, request: Request) -> HttpResponse:
        """Send the link to a contact's visits to that contact, if there are any; the answer does not say whether."""
        asked = AskFields.read(request).validated_data
        kind, contact = read_contact(asked["contact"])
        if kind == ContactKind.PHONE and not sends_sms():
            raise RequestInvalid(errors={"contact": (BY_EMAIL_ONLY,)})
        check_limits(Ask("visits_address", find_block(request)), Ask("writes_contact", name_recipient(contact)))

        def run() -> Result:
            locale = asked.get("locale") or current_language()
            ask_for_visits(contact=asked["contact"], locale=locale, now=utc_now())
            return Result(status=status.HTTP_202_ACCEPTED, body={"contact": asked["contact"]})

        return answer_once(request, run, is_personal=True)


class VisitsView(OpenView):
    """``GET`` and ``DELETE visits/{token}``."""

    @describe_call("list_own_visits", fails=(VisitsLinkUnknown, Invalid), parameters=[AFTER], responses=VisitsShape)
    def get(self, request: Request, token: str) -> Response:
        """Return the coming visits of a contact and a page of those before."""
        now = utc_now()
        contact = get_visits_contact(token=token, now=now)
        visits = list_visits(contact=contact.value, now=now, cursor=request.query_params.get("after", ""))
        body = {
            "expires_at": contact.expires_at,
            "coming": [_describe(each, now) for each in visits.coming],
            "past": [_describe(each, now) for each in visits.past],
            "next": visits.next_cursor,
        }
        return Response(body)

    @describe_call("end_visits_link", fails=(), responses={204: None})
    def delete(self, request: Request, token: str) -> Response:  # noqa: ARG002
        """Let the link lead nowhere any more; ending it again changes nothing."""
        end_visits_link(token=token)
        return Response(status=status.HTTP_204_NO_CONTENT)


class OwnVisitsView(OpenView):
    """``GET visits/{token}/data``."""

    @describe_call(
        "take_visits_along",
        fails=(VisitsLinkUnknown, Invalid, LimitReached),
        parameters=[AFTER],
        responses=OwnVisitsShape,
    )
    def get(self, request: Request, token: str) -> Response:
        """Return all that the business keeps about the visits of a contact, the last one first."""
        now, name = utc_now(), current_tenant().name
        contact = get_visits_contact(token=token, now=now).value
        check_limits(Ask("own_data_address", find_block(request)))
        cursor = request.query_params.get("after", "")
        found, following = collect_own_visits(contact=contact, cursor=cursor, business_name=name, made_at=now)
        return Response({**found, "next": following})


class AgainView(OpenView):
    """``GET visits/{token}/again/{id}``."""

    @describe_call(
        "prepare_again",
        fails=(VisitsLinkUnknown, BookingNotFound, ServiceNotFound, NotPublished),
        responses=AgainShape,
    )
    def get(self, request: Request, token: str, booking_id: str) -> Response:  # noqa: ARG002
        """Return what books a visit again, and its next free time.

        ``POST bookings`` with this ``token`` as ``visits`` asks its contact for no code.
        """
        check_new_bookings(CUSTOMER)
        now = utc_now()
        contact = get_visits_contact(token=token, now=now)
        before = get_visit(contact=contact.value, booking_id=read_row_id(booking_id) or 0)
        wish = choose_offered(before)
        first, *further = map(str, wish.service_ids)
        body = {
            "service": first,
            "further_services": further,
            "add_ons": list(map(str, wish.add_on_ids)),
            "resource": next(map(str, wish.resource_ids), None),
            "location": None if wish.location_id is None else str(wish.location_id),
            "party_size": wish.party_size,
            "arrival_mode": wish.arrival_mode,
            "customer": {
                "name": before.customer_name,
                "phone": before.customer_phone,
                "email": before.customer_email,
            },
            "asset": dict(before.asset_data),
            "next_available": find_next_time(wish, now=now),
        }
        return Response(body)


def _describe(booking: BookingView, now: datetime) -> dict[str, object]:
    said = booking.say_in(current_language())
    has_link = now < booking.ends_at + LINK_LIFE
    return {
        "id": str(said.id),
        "reference": said.reference,
        "status": said.status,
        "service": said.service_name,
        "starts_at": said.starts_at,
        "ends_at": said.ends_at,
        "timezone": said.timezone,
        "location": said.location_name,
        "resources": list(said.people),
        "about": said.asset_label,
        "manage_url": make_manage_url(make_manage_token(booking)) if has_link else None,
    }
