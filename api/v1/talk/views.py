"""Opinions and messages, for staff and programs: by the services of the workspace's pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from accounts.selectors.staff import name_people
from api.document import describe_call
from api.pagination import name_next, read_place
from api.v1.bookings.staff import make_actor, read_id
from api.v1.manage.aftercare import answer_conversation
from api.v1.manage.serializers import EmptyFields, MessageList, SentShape
from api.v1.talk.serializers import (
    AnswerFields,
    ChangedShape,
    FeedbackQuery,
    GivenOpinionList,
    GivenOpinionShape,
    HideFields,
    MessagesQuery,
    StaffMessageFields,
    WrittenList,
)
from api.views import Result, StaffView, answer_once
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.errors import BookingNotFound, FeedbackNotFound, RequestInvalid
from scheduling.selectors.aftercare.conversations import list_lines
from scheduling.selectors.aftercare.feedback import find_feedback, list_feedback
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.aftercare import answers
from scheduling.services.aftercare.conversations import write_as_staff
from scheduling.types.aftercare.views import FeedbackView, WrittenLine
from tenants.context import current_tenant

NAME, MESSAGES = "feedback", "messages"


class FeedbackListView(StaffView):
    """``GET feedback``."""

    declared_permission = Permission.CUSTOMER_VIEW
    key_area = KeyArea.FEEDBACK

    @describe_call("list_feedback", parameters=[FeedbackQuery], responses=GivenOpinionList)
    def get(self, request: Request) -> Response:
        """List what customers said about their visits, the newest first."""
        asked = FeedbackQuery.read(request).validated_data
        page = list_feedback(kind=asked["kind"], cursor=read_place(asked, NAME), limit=asked["limit"])
        return Response({"results": [_describe(each) for each in page.rows], "next": name_next(page, NAME)})


class OneFeedbackView(StaffView):
    """``GET feedback/{booking}``."""

    declared_permission = Permission.CUSTOMER_VIEW
    key_area = KeyArea.FEEDBACK

    @describe_call("get_opinion", fails=(FeedbackNotFound,), responses=GivenOpinionShape)
    def get(self, _request: Request, booking_id: str) -> Response:
        """Return what a customer said about a visit."""
        said = find_feedback(booking_id=_read_visit(booking_id))
        if said is None:
            raise FeedbackNotFound
        return Response(_describe(said))


class AnswerView(StaffView):
    """``POST feedback/{booking}/answer``."""

    declared_permission = Permission.BOOKING_MANAGE
    key_area = KeyArea.FEEDBACK

    @describe_call(
        "answer_feedback", fails=(FeedbackNotFound, RequestInvalid), request=AnswerFields, responses=ChangedShape
    )
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Answer what was said about a visit, or better an answer; only the first is told by a message."""
        text, number = AnswerFields.read(request).validated_data["text"], _read_visit(booking_id)
        return _run(
            request,
            lambda: answers.answer_feedback(booking_id=number, text=text, now=utc_now(), by=make_actor(request)),
        )


class HideView(StaffView):
    """``POST feedback/{booking}/hide``."""

    declared_permission = Permission.CUSTOMER_MANAGE
    key_area = KeyArea.FEEDBACK

    @describe_call(
        "hide_feedback", fails=(FeedbackNotFound, RequestInvalid), request=HideFields, responses=ChangedShape
    )
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Take an opinion off the booking page, for a reason; again changes nothing."""
        reason, number = HideFields.read(request).validated_data["reason"], _read_visit(booking_id)
        return _run(
            request,
            lambda: answers.hide_feedback(booking_id=number, reason=reason, now=utc_now(), by=make_actor(request)),
        )


class ShowView(StaffView):
    """``POST feedback/{booking}/show``."""

    declared_permission = Permission.CUSTOMER_MANAGE
    key_area = KeyArea.FEEDBACK

    @describe_call("show_feedback", fails=(FeedbackNotFound,), request=EmptyFields, responses=ChangedShape)
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Let an opinion be read again that was hidden, where its customer still lets it."""
        EmptyFields.read(request)
        number = _read_visit(booking_id)
        return _run(request, lambda: answers.show_feedback(booking_id=number, now=utc_now(), by=make_actor(request)))


class ThreadView(StaffView):
    """``GET`` and ``POST bookings/{id}/messages``."""

    declared_permission: ClassVar[Mapping[str, str]] = {
        "GET": Permission.BOARD_VIEW,
        "POST": Permission.BOOKING_MANAGE,
    }
    key_area = KeyArea.MESSAGES

    @describe_call("list_booking_messages", fails=(BookingNotFound,), responses=MessageList)
    def get(self, _request: Request, booking_id: str) -> Response:
        """List what customer and business wrote each other about the booking: the newest 200, oldest first."""
        return answer_conversation(get_booking(booking_id=read_id(booking_id)).id)

    @describe_call(
        "write_booking_message",
        fails=(BookingNotFound, RequestInvalid),
        request=StaffMessageFields,
        responses={201: SentShape},
    )
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Write to the customer of the booking; what they wrote up to ``seen`` waits for an answer no longer."""
        asked, number = StaffMessageFields.read(request).validated_data, read_id(booking_id)

        def run() -> Result:
            is_new = write_as_staff(
                booking_id=number,
                text=asked["text"],
                seen_line_id=asked.get("seen", 0),
                now=utc_now(),
                by=make_actor(request),
            )
            return Result(status=status.HTTP_201_CREATED, body={"is_new": is_new})

        return answer_once(request, run, is_personal=False)


class MessagesView(StaffView):
    """``GET messages``."""

    declared_permission = Permission.BOARD_VIEW
    key_area = KeyArea.MESSAGES

    @describe_call("list_all_messages", parameters=[MessagesQuery], responses=WrittenList)
    def get(self, request: Request) -> Response:
        """List what customers and business wrote each other about all bookings, the newest first."""
        asked = MessagesQuery.read(request).validated_data
        page = list_lines(
            author=asked.get("author", ""),
            is_waiting=asked["waiting"],
            written_since=asked.get("written_since"),
            written_before=asked.get("written_before"),
            cursor=read_place(asked, MESSAGES),
            limit=asked["limit"],
        )
        names = name_people({row.user_id for row in page.rows if row.user_id is not None})
        results = [_describe_line(row, names) for row in page.rows]
        return Response({"results": results, "next": name_next(page, MESSAGES)})


def _describe_line(line: WrittenLine, names: Mapping[int, str]) -> dict[str, object]:
    return {
        "id": str(line.id),
        "booking": str(line.booking_id),
        "author": line.author,
        "name": names.get(line.user_id, current_tenant().name) if line.user_id else "",
        "text": line.text,
        "written_at": line.written_at,
        "is_waiting": line.is_waiting,
    }


def _read_visit(text: str) -> int:
    number = read_row_id(text)
    if number is None:
        raise FeedbackNotFound
    return number


def _run(request: Request, act: Callable[[], bool]) -> HttpResponse:
    def run() -> Result:
        return Result(status=status.HTTP_200_OK, body={"is_changed": act()})

    return answer_once(request, run, is_personal=False)


def _describe(said: FeedbackView) -> dict[str, object]:
    return {
        "booking": str(said.booking_id),
        "score": said.score,
        "comment": said.comment,
        "recommend_score": said.recommend_score,
        "may_publish": said.may_publish,
        "is_published": said.is_published,
        "said_at": said.created_at,
        "answer": said.answer,
        "answered_at": said.answered_at,
        "hidden_at": said.hidden_at,
        "hidden_reason": said.hidden_reason,
    }
