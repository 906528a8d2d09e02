"""Payments, for staff and programs: by the selectors and the service of the workspace's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.document import describe_call
from api.pagination import name_next, read_place
from api.v1.bookings.staff import make_actor
from api.v1.payments.shapes import (
    PaymentList,
    PaymentRecordShape,
    PaymentsQuery,
    RefundedShape,
    RefundFields,
    describe_refund,
    describe_row,
    read_filters,
)
from api.views import Result, StaffView, answer_once
from billing.errors import PaymentNotFound, RefundTooLarge, SpanInvalid
from billing.selectors.listing import get_payment_row, list_payment_page
from billing.services.refunds import refund_payment
from kernel.clock import utc_now
from kernel.ids import read_row_id

NAME = "payments"


class PaymentsView(StaffView):
    """``GET payments``."""

    key_area = KeyArea.PAYMENTS
    declared_permission: ClassVar[Mapping[str, str]] = {"GET": Permission.REPORT_VIEW}

    @describe_call("list_payments", fails=(SpanInvalid,), parameters=[PaymentsQuery], responses=PaymentList)
    def get(self, request: Request) -> Response:
        """List what came, and what is or was waited for, the newest first; at most a year at once."""
        asked = PaymentsQuery.read(request).validated_data
        page = list_payment_page(read_filters(asked, cursor=read_place(asked, NAME), now=utc_now()))
        return Response({"results": [describe_row(row) for row in page.rows], "next": name_next(page, NAME)})


class PaymentView(StaffView):
    """``GET payments/{id}``."""

    key_area = KeyArea.PAYMENTS
    declared_permission: ClassVar[Mapping[str, str]] = {"GET": Permission.REPORT_VIEW}

    @describe_call("get_payment", fails=(PaymentNotFound,), responses=PaymentRecordShape)
    def get(self, _request: Request, payment_id: str) -> Response:
        """Return a payment, with what goes back of it."""
        return Response(describe_row(get_payment_row(payment_id=_read_id(payment_id))))


class RefundView(StaffView):
    """``POST payments/{id}/refund``."""

    key_area = KeyArea.PAYMENTS
    declared_permission: ClassVar[Mapping[str, str]] = {"POST": Permission.BOOKING_OVERRIDE}

    @describe_call(
        "refund_payment",
        fails=(PaymentNotFound, RefundTooLarge),
        request=RefundFields,
        responses={201: RefundedShape},
    )
    def post(self, request: Request, payment_id: str) -> HttpResponse:
        """Let money go back, more than was agreed or a part of it; what was kept is waived that way.

        To a card it is sent by us; what came otherwise somebody sends, and notes it in the workspace. Twice is twice:
        send an `Idempotency-Key`.
        """
        asked, number = RefundFields.read(request).validated_data, _read_id(payment_id)

        def run() -> Result:
            refund_id = refund_payment(payment_id=number, now=utc_now(), by=make_actor(request), **asked)
            row = get_payment_row(payment_id=number)
            refund = next(each for each in row.payment.refunds if each.id == refund_id)
            body = {"refund": describe_refund(refund, row.payment), "payment": describe_row(row)}
            return Result(status=status.HTTP_201_CREATED, body=body)

        return answer_once(request, run, is_personal=False)


def _read_id(text: str) -> int:
    number = read_row_id(text)
    if number is None:
        raise PaymentNotFound
    return number
