"""After and beside a visit, by the token of its booking: how it was, messages, what is kept about it."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.selectors.staff import name_people
from api.document import describe_call
from api.pagination import answer_page
from api.v1.manage.serializers import (
    DataAskedShape,
    DataRequestFields,
    DataRequestList,
    FeedbackFields,
    ManagedShape,
    MessageFields,
    MessageList,
    OwnDataShape,
    PublishedShape,
    PublishFields,
    SaidShape,
    SentShape,
)
from api.v1.manage.views import describe_managed
from api.views import OpenView, Result, answer_once
from edge.limits import check_limits
from edge.requests import find_block
from kernel.clock import utc_now
from kernel.errors import LimitReached
from kernel.limits import Ask
from kernel.page import Page
from privacy.errors import PersonErased, PersonRequestOpen
from privacy.selectors.requests import list_requests_of
from privacy.services.asking import ask_by_link
from privacy.types import KIND_NAMES, KINDS, RequestView
from scheduling.errors import (
    FeedbackGiven,
    FeedbackNotFound,
    FeedbackNotOpen,
    LinkEnded,
    RequestInvalid,
    TokenUnknown,
)
from scheduling.selectors.aftercare.conversations import list_conversation
from scheduling.selectors.aftercare.data_requests import list_requests_of as list_earlier_requests
from scheduling.selectors.aftercare.feedback import find_feedback
from scheduling.selectors.aftercare.own_data import collect_own_data
from scheduling.selectors.bookings.views import get_by_token
from scheduling.services.aftercare.conversations import write_as_customer
from scheduling.services.aftercare.feedback import change_consent, give_feedback
from scheduling.types.aftercare.views import ConversationView, DataRequestView, GivenFeedback
from tenants.context import current_tenant


class FeedbackView(OpenView):
    """``GET`` and ``POST manage/{token}/feedback``."""

    @describe_call("get_feedback", fails=(TokenUnknown, LinkEnded, FeedbackNotFound), responses=SaidShape)
    def get(self, request: Request, token: str) -> Response:  # noqa: ARG002
        """Return what was said about the visit, and the answer to it."""
        said = find_feedback(booking_id=get_by_token(token=token, now=utc_now()).id)
        if said is None:
            raise FeedbackNotFound
        return Response(
            {
                "score": said.score,
                "comment": said.comment,
                "recommend_score": said.recommend_score,
                "may_publish": said.may_publish,
                "is_published": said.is_published,
                "said_at": said.created_at,
                "answer": said.answer,
                "answered_at": said.answered_at,
            }
        )

    @describe_call(
        "give_feedback",
        fails=(TokenUnknown, LinkEnded, RequestInvalid, FeedbackNotOpen, FeedbackGiven),
        request=FeedbackFields,
        responses=ManagedShape,
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Say how the visit was, once it is completed; the very same again changes nothing."""
        form = FeedbackFields.read(request)

        def run() -> Result:
            give_feedback(token=token, given=GivenFeedback(**form.validated_data), now=utc_now())
            return Result(status=status.HTTP_200_OK, body=describe_managed(token))

        return answer_once(request, run, is_personal=True)


class PublishView(OpenView):
    """``POST manage/{token}/feedback/publish``."""

    @describe_call(
        "publish_feedback",
        fails=(TokenUnknown, LinkEnded, FeedbackNotFound),
        request=PublishFields,
        responses=PublishedShape,
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Let everybody read what was said, or nobody any more; the latter works after the end of the link, too."""
        may_publish = PublishFields.read(request).validated_data["may_publish"]

        def run() -> Result:
            is_changed = change_consent(token=token, may_publish=may_publish, now=utc_now())
            return Result(status=status.HTTP_200_OK, body={"may_publish": may_publish, "is_changed": is_changed})

        return answer_once(request, run, is_personal=True)


class MessagesView(OpenView):
    """``GET`` and ``POST manage/{token}/messages``."""

    @describe_call("list_messages", fails=(TokenUnknown, LinkEnded), responses=MessageList)
    def get(self, request: Request, token: str) -> Response:  # noqa: ARG002
        """List what customer and business wrote each other about the booking."""
        return answer_conversation(get_by_token(token=token, now=utc_now()).id)

    @describe_call(
        "write_message",
        fails=(TokenUnknown, LinkEnded, RequestInvalid),
        request=MessageFields,
        responses={201: SentShape},
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Write to the business about the booking; the answer goes to the customer's contact as well."""
        text = MessageFields.read(request).validated_data["text"]

        def run() -> Result:
            is_new = write_as_customer(token=token, text=text, now=utc_now())
            return Result(status=status.HTTP_201_CREATED, body={"is_new": is_new})

        return answer_once(request, run, is_personal=True)


class OwnDataView(OpenView):
    """``GET manage/{token}/data``."""

    @describe_call("get_own_data", fails=(TokenUnknown, LinkEnded, LimitReached), responses=OwnDataShape)
    def get(self, request: Request, token: str) -> Response:
        """Return all that the business keeps about this visit."""
        booking = get_by_token(token=token, now=utc_now())
        check_limits(Ask("own_data_address", find_block(request)))
        (found,) = collect_own_data([booking], business_name=current_tenant().name)
        return Response(found)


class DataRequestsView(OpenView):
    """``GET`` and ``POST manage/{token}/data_requests``."""

    @describe_call("list_data_requests", fails=(TokenUnknown, LinkEnded), responses=DataRequestList)
    def get(self, request: Request, token: str) -> Response:  # noqa: ARG002
        """List what was asked about one's own data, and what the business answered."""
        booking_id = get_by_token(token=token, now=utc_now()).id
        found = [
            *map(_describe_earlier, list_earlier_requests(booking_id=booking_id)),
            *map(_describe_request, list_requests_of(booking_id=booking_id)),
        ]
        return answer_page(Page(tuple(found)), shape=DataRequestList, describe=lambda each: each)

    @describe_call(
        "ask_about_data",
        fails=(TokenUnknown, LinkEnded, RequestInvalid, PersonRequestOpen, PersonErased),
        request=DataRequestFields,
        responses={201: DataAskedShape},
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Use a right over what the business keeps: it answers by message, and here."""
        asked = DataRequestFields.read(request).validated_data

        def run() -> Result:
            now = utc_now()
            ask_by_link(token=token, right=KINDS[asked["kind"]], text=asked["text"], now=now)
            return Result(status=status.HTTP_201_CREATED, body={"kind": asked["kind"], "asked_at": now})

        return answer_once(request, run, is_personal=True)


def _describe_request(asked: RequestView) -> dict[str, object]:
    return {
        "id": asked.id,
        "kind": KIND_NAMES[asked.right],
        "text": asked.text,
        "asked_at": asked.asked_at,
        "answer_by": asked.answer_on,
        "done_at": asked.ended_at,
        "answer": asked.answer,
    }


def _describe_earlier(asked: DataRequestView) -> dict[str, object]:
    """Describe one of before these requests had a table of their own; its number is from another list."""
    return {
        "id": f"earlier-{asked.id}",
        "kind": asked.kind.value,
        "text": asked.text,
        "asked_at": asked.asked_at,
        "answer_by": asked.deadline.last_on,
        "done_at": asked.done_at,
        "answer": asked.answer,
    }


def answer_conversation(booking_id: int) -> Response:
    """Answer what customer and business wrote each other about a booking."""
    lines = list_conversation(booking_id=booking_id)
    names = name_people({line.user_id for line in lines if line.user_id is not None})

    def describe(line: ConversationView) -> dict[str, object]:
        name = names.get(line.user_id, current_tenant().name) if line.user_id else ""
        return {
            "id": line.id,
            "author": line.author,
            "name": name,
            "text": line.text,
            "written_at": line.written_at,
        }

    return answer_page(Page(lines), shape=MessageList, describe=describe)
