"""What people ask about their data, for staff and programs: by the selectors and services of the workspace's pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.document import describe_call
from api.pagination import name_next, read_place
from api.serializers import StrictSerializer
from api.v1.bookings.staff import make_actor
from api.v1.privacy.shapes import (
    ChoosePersonFields,
    EraseFields,
    FinishFields,
    IdentifyFields,
    NothingFields,
    PrivacyRequestDetail,
    PrivacyRequestFields,
    PrivacyRequestList,
    PrivacyRequestsQuery,
    ReasonFields,
    describe_request,
    describe_whole,
)
from api.views import Result, StaffView, answer_once
from edge.downloads import answer_zip
from kernel.clock import utc_now
from kernel.ids import read_row_id
from privacy.enums import IdentityCheck, RequestSource
from privacy.errors import (
    CompanyUnconfirmed,
    ErasingHindered,
    ExportGone,
    IdentityProven,
    IdentityUnproven,
    NoExtension,
    NotAgreed,
    NotErased,
    PersonErased,
    PersonRequestEnded,
    PersonRequestNotFound,
    PersonRequestOpen,
    PersonUnknown,
    TooLateToExtend,
)
from privacy.selectors.keeping import list_hindering
from privacy.selectors.requests import find_file, get_request, list_requests, list_steps
from privacy.services import carrying, deciding, exporting, identity
from privacy.services.asking import RecordedRequest, record_request
from privacy.types import RIGHTS_BY_KIND, RequestFilters
from scheduling.errors import CustomerNotFound, RequestInvalid
from scheduling.types import Actor

NAME = "privacy_requests"
WAITING = (PersonRequestNotFound, PersonRequestEnded)
Run = Callable[[int, Mapping[str, Any], Actor], object]


class PersonalView(StaffView):
    """Of all calls about what people ask: who may, and of what area a key has to be."""

    key_area = KeyArea.CUSTOMERS
    declared_permission: ClassVar[Mapping[str, str]] = {"POST": Permission.PRIVACY_MANAGE}


class RequestsView(PersonalView):
    """``GET`` and ``POST privacy_requests``."""

    key_area = KeyArea.CUSTOMERS
    declared_permission: ClassVar[Mapping[str, str]] = dict.fromkeys(("GET", "POST"), Permission.PRIVACY_MANAGE)

    @describe_call("list_privacy_requests", parameters=[PrivacyRequestsQuery], responses=PrivacyRequestList)
    def get(self, request: Request) -> Response:
        """List what people asked about their data, what was written down last first."""
        asked = PrivacyRequestsQuery.read(request).validated_data
        filters = RequestFilters(
            state=asked["state"],
            customer_id=asked.get("customer"),
            cursor=read_place(asked, NAME),
            limit=asked["limit"],
        )
        page, now = list_requests(filters), utc_now()
        rows = [describe_request(each, now=now) for each in page.rows]
        return Response({"results": rows, "next": name_next(page, NAME)})

    @describe_call(
        "open_privacy_request",
        fails=(CustomerNotFound, RequestInvalid, PersonRequestOpen, PersonErased),
        request=PrivacyRequestFields,
        responses={201: PrivacyRequestDetail},
    )
    def post(self, request: Request) -> HttpResponse:
        """Write down what somebody asked by phone, on paper, by e-mail or in person; the clock of the law runs."""
        asked = PrivacyRequestFields.read(request).validated_data

        def run() -> Result:
            now = utc_now()
            recorded = RecordedRequest(
                right=RIGHTS_BY_KIND[asked["kind"]],
                source=RequestSource(asked["source"]),
                asked_at=asked.get("asked_at") or now,
                customer_id=asked["customer"],
                name=asked["name"],
                contact=asked["contact"],
                text=asked["text"],
            )
            request_id = record_request(recorded=recorded, by=make_actor(request), now=now)
            return Result(status.HTTP_201_CREATED, _describe(request_id))

        return answer_once(request, run, is_personal=True)


class OneRequestView(PersonalView):
    """``GET privacy_requests/{id}``."""

    key_area = KeyArea.CUSTOMERS
    declared_permission: ClassVar[Mapping[str, str]] = {"GET": Permission.PRIVACY_MANAGE}

    @describe_call("get_privacy_request", fails=(PersonRequestNotFound,), responses=PrivacyRequestDetail)
    def get(self, _request: Request, request_id: str) -> Response:
        """Return a request with its steps, what is in the way of erasing, and its file."""
        return Response(_describe(_read_id(request_id)))


class ChooseView(PersonalView):
    """``POST privacy_requests/{id}/choose``."""

    key_area = KeyArea.CUSTOMERS

    @describe_call(
        "choose_person_of_privacy_request",
        fails=(*WAITING, CustomerNotFound, PersonErased, PersonRequestOpen),
        request=ChoosePersonFields,
        responses=PrivacyRequestDetail,
    )
    def post(self, request: Request, request_id: str) -> HttpResponse:
        """Say whose data it is about; a check that was made for another record does not count."""
        return _do(request, request_id, ChoosePersonFields, _choose)


class IdentifyView(PersonalView):
    """``POST privacy_requests/{id}/identify``."""

    key_area = KeyArea.CUSTOMERS

    @describe_call(
        "identify_privacy_request",
        fails=(*WAITING, IdentityProven, RequestInvalid),
        request=IdentifyFields,
        responses=PrivacyRequestDetail,
    )
    def post(self, request: Request, request_id: str) -> HttpResponse:
        """Write down how you know that whoever asks is the person; codes are sent from the workspace."""
        return _do(request, request_id, IdentifyFields, _identify)


class ExtendView(PersonalView):
    """``POST privacy_requests/{id}/extend``."""

    key_area = KeyArea.CUSTOMERS

    @describe_call(
        "extend_privacy_request",
        fails=(*WAITING, NoExtension, TooLateToExtend, RequestInvalid),
        request=ReasonFields,
        responses=PrivacyRequestDetail,
    )
    def post(self, request: Request, request_id: str) -> HttpResponse:
        """Take more time, once, where the law gives it; whoever asked is told why."""
        return _do(request, request_id, ReasonFields, _extend)


class GrantView(PersonalView):
    """``POST privacy_requests/{id}/grant``."""

    key_area = KeyArea.CUSTOMERS

    @describe_call(
        "grant_privacy_request",
        fails=(*WAITING, PersonUnknown, IdentityUnproven),
        request=NothingFields,
        responses=PrivacyRequestDetail,
    )
    def post(self, request: Request, request_id: str) -> HttpResponse:
        """Agree to do what is asked; again changes nothing."""
        return _do(request, request_id, NothingFields, _grant)


class RefuseView(PersonalView):
    """``POST privacy_requests/{id}/refuse``."""

    key_area = KeyArea.CUSTOMERS

    @describe_call(
        "refuse_privacy_request",
        fails=(*WAITING, RequestInvalid),
        request=ReasonFields,
        responses=PrivacyRequestDetail,
    )
    def post(self, request: Request, request_id: str) -> HttpResponse:
        """Refuse it, for a reason that whoever asked is told."""
        return _do(request, request_id, ReasonFields, _refuse)


class FinishView(PersonalView):
    """``POST privacy_requests/{id}/finish``."""

    key_area = KeyArea.CUSTOMERS

    @describe_call(
        "finish_privacy_request",
        fails=(*WAITING, NotAgreed, NotErased, RequestInvalid),
        request=FinishFields,
        responses=PrivacyRequestDetail,
    )
    def post(self, request: Request, request_id: str) -> HttpResponse:
        """Say that it is done, and what was done; an erasure ends by ``erase``, a file by ``export``."""
        return _do(request, request_id, FinishFields, _finish)


class WithdrawView(PersonalView):
    """``POST privacy_requests/{id}/withdraw``."""

    key_area = KeyArea.CUSTOMERS

    @describe_call("withdraw_privacy_request", fails=WAITING, request=NothingFields, responses=PrivacyRequestDetail)
    def post(self, request: Request, request_id: str) -> HttpResponse:
        """Note that whoever asked does not want it any more; again changes nothing."""
        return _do(request, request_id, NothingFields, _withdraw)


class EraseView(PersonalView):
    """``POST privacy_requests/{id}/erase``."""

    key_area = KeyArea.CUSTOMERS

    @describe_call(
        "erase_person",
        fails=(
            *(*WAITING, NotAgreed, PersonUnknown, PersonErased),
            *(CompanyUnconfirmed, ErasingHindered),
        ),
        request=EraseFields,
        responses=PrivacyRequestDetail,
    )
    def post(self, request: Request, request_id: str) -> HttpResponse:
        """Erase whoever asked for it, or block them where the law has that first; ``kept`` says what is in the way."""
        return _do(request, request_id, EraseFields, _erase)


class ExportView(PersonalView):
    """``POST privacy_requests/{id}/export``."""

    key_area = KeyArea.CUSTOMERS

    @describe_call(
        "export_person",
        fails=(*WAITING, NotAgreed, PersonUnknown, PersonErased),
        request=NothingFields,
        responses={202: PrivacyRequestDetail},
    )
    def post(self, request: Request, request_id: str) -> HttpResponse:
        """Let the file of a request that was agreed to be made; it ends the request, seconds later."""
        return _do(request, request_id, NothingFields, _export, code=status.HTTP_202_ACCEPTED)


class FileView(PersonalView):
    """``GET privacy_requests/{id}/file``."""

    key_area = KeyArea.CUSTOMERS
    declared_permission: ClassVar[Mapping[str, str]] = {"GET": Permission.PRIVACY_MANAGE}

    @describe_call(
        "take_person_file",
        fails=(PersonRequestNotFound, ExportGone),
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, request_id: str) -> HttpResponse:
        """Answer the file, for handing it over; that it was taken is written down."""
        found = exporting.take_file(request_id=_read_id(request_id), by=make_actor(request), now=utc_now())
        return answer_zip(found.content, name=found.name)


def _choose(request_id: int, asked: Mapping[str, Any], by: Actor) -> None:
    identity.choose_person(request_id=request_id, customer_id=asked["customer"], by=by, now=utc_now())


def _identify(request_id: int, asked: Mapping[str, Any], by: Actor) -> None:
    check = IdentityCheck(asked["check_kind"])
    identity.note_identity(request_id=request_id, check=check, note=asked["note"], by=by, now=utc_now())


def _extend(request_id: int, asked: Mapping[str, Any], by: Actor) -> None:
    deciding.extend(request_id=request_id, reason=asked["reason"], by=by, now=utc_now())


def _grant(request_id: int, _asked: Mapping[str, Any], by: Actor) -> None:
    deciding.grant(request_id=request_id, by=by, now=utc_now())


def _refuse(request_id: int, asked: Mapping[str, Any], by: Actor) -> None:
    deciding.refuse(request_id=request_id, reason=asked["reason"], by=by, now=utc_now())


def _finish(request_id: int, asked: Mapping[str, Any], by: Actor) -> None:
    deciding.finish(request_id=request_id, answer=asked["answer"], by=by, now=utc_now())


def _withdraw(request_id: int, _asked: Mapping[str, Any], by: Actor) -> None:
    deciding.withdraw(request_id=request_id, by=by, now=utc_now())


def _erase(request_id: int, asked: Mapping[str, Any], by: Actor) -> None:
    is_meant = asked["is_company_meant"]
    carrying.carry_out_erasure(request_id=request_id, is_company_meant=is_meant, by=by, now=utc_now())


def _export(request_id: int, _asked: Mapping[str, Any], by: Actor) -> None:
    exporting.ask_for_export(request_id=request_id, by=by, now=utc_now())


def _do(
    request: Request, request_id: str, fields: type[StrictSerializer], act: Run, *, code: int = status.HTTP_200_OK
) -> HttpResponse:
    asked, number = fields.read(request).validated_data, _read_id(request_id)

    def run() -> Result:
        act(number, asked, make_actor(request))
        return Result(code, _describe(number))

    return answer_once(request, run, is_personal=True)


def _describe(request_id: int) -> dict[str, object]:
    now, view = utc_now(), get_request(request_id=request_id)
    return describe_whole(
        view,
        steps=list_steps(request_id=request_id),
        kept=list_hindering(view, now=now),
        file=find_file(request_id=request_id, now=now),
        now=now,
    )


def _read_id(text: str) -> int:
    number = read_row_id(text)
    if number is None:
        raise PersonRequestNotFound
    return number
