"""Invoices that customers want, for staff and programs: by the selectors and services of the workspace's pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.document import describe_call
from api.pagination import name_next, read_place
from api.v1.bookings.staff import make_actor, read_id
from api.v1.invoices.shapes import (
    InvoiceList,
    InvoiceShape,
    InvoicesQuery,
    IssueFields,
    RefuseFields,
    WantFields,
    describe_invoice,
    read_tax_data,
)
from api.views import Result, StaffView, answer_once
from billing.errors import (
    InvoiceChanged,
    InvoiceClosed,
    InvoiceInvalid,
    InvoiceNotFound,
    InvoiceNotOffered,
    TaxDataInvalid,
)
from billing.selectors.invoices import get_invoice, get_invoice_row, list_invoices
from billing.services.invoices.wishes import issue_invoice, refuse_invoice, want_invoice
from billing.types import InvoiceFilters
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.errors import BookingNotFound

NAME = "invoices"
ANSWERED = (InvoiceNotFound, InvoiceClosed, InvoiceChanged, InvoiceInvalid)


class InvoicesView(StaffView):
    """``GET invoices``."""

    key_area = KeyArea.PAYMENTS
    declared_permission: ClassVar[Mapping[str, str]] = {"GET": Permission.REPORT_VIEW}

    @describe_call("list_invoices", fails=(), parameters=[InvoicesQuery], responses=InvoiceList)
    def get(self, request: Request) -> Response:
        """List the invoices that customers want, or wanted, the newest first, with their tax data."""
        asked = InvoicesQuery.read(request).validated_data
        filters = InvoiceFilters(
            state=asked["state"],
            search=asked["q"],
            booking_id=asked.get("booking"),
            cursor=read_place(asked, NAME),
            limit=asked["limit"],
        )
        page = list_invoices(filters)
        return Response({"results": [describe_invoice(row) for row in page.rows], "next": name_next(page, NAME)})


class InvoiceView(StaffView):
    """``GET invoices/{id}``."""

    key_area = KeyArea.PAYMENTS
    declared_permission: ClassVar[Mapping[str, str]] = {"GET": Permission.REPORT_VIEW}

    @describe_call("get_invoice", fails=(InvoiceNotFound,), responses=InvoiceShape)
    def get(self, _request: Request, invoice_id: str) -> Response:
        """Return an invoice that a customer wants."""
        return Response(describe_invoice(get_invoice_row(invoice_id=_read_id(invoice_id))))


class IssueView(StaffView):
    """``POST invoices/{id}/issue``."""

    key_area = KeyArea.PAYMENTS
    declared_permission: ClassVar[Mapping[str, str]] = {"POST": Permission.BOOKING_OVERRIDE}

    @describe_call("issue_invoice", fails=ANSWERED, request=IssueFields, responses=InvoiceShape)
    def post(self, request: Request, invoice_id: str) -> HttpResponse:
        """Note which invoice the business has made, or put its number or date right; again changes nothing."""
        return _answer(request, invoice_id, IssueFields.read(request).validated_data, issue_invoice)


class RefuseView(StaffView):
    """``POST invoices/{id}/refuse``."""

    key_area = KeyArea.PAYMENTS
    declared_permission: ClassVar[Mapping[str, str]] = {"POST": Permission.BOOKING_OVERRIDE}

    @describe_call("refuse_invoice", fails=ANSWERED, request=RefuseFields, responses=InvoiceShape)
    def post(self, request: Request, invoice_id: str) -> HttpResponse:
        """Note that the business makes none, and why; the customer reads it, and may ask again."""
        return _answer(request, invoice_id, RefuseFields.read(request).validated_data, refuse_invoice)


class WantView(StaffView):
    """``POST bookings/{id}/invoice``."""

    key_area = KeyArea.PAYMENTS
    declared_permission: ClassVar[Mapping[str, str]] = {"POST": Permission.BOOKING_MANAGE}

    @describe_call(
        "want_invoice",
        fails=(BookingNotFound, InvoiceNotOffered, InvoiceClosed, TaxDataInvalid),
        request=WantFields,
        responses=InvoiceShape,
    )
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        """Note that the customer of a booking wants an invoice, or put right to whom it is made out.

        Again changes nothing. What is missing or wrong is told by field, as on the page.
        """
        asked, number = WantFields.read(request).validated_data, read_id(booking_id)

        def run() -> Result:
            invoice_id = want_invoice(
                booking_id=number,
                typed=read_tax_data(asked),
                doubted=asked["doubted"],
                now=utc_now(),
                by=make_actor(request),
            )
            return Result(status=status.HTTP_200_OK, body=describe_invoice(get_invoice_row(invoice_id=invoice_id)))

        return answer_once(request, run, is_personal=True)


def _answer(request: Request, invoice_id: str, asked: dict[str, Any], service: Callable[..., object]) -> HttpResponse:
    number = _read_id(invoice_id)

    def run() -> Result:
        seen: datetime = asked.pop("mark", None) or get_invoice(invoice_id=number).seen_at
        service(invoice_id=number, seen=seen, now=utc_now(), by=make_actor(request), **asked)
        return Result(status=status.HTTP_200_OK, body=describe_invoice(get_invoice_row(invoice_id=number)))

    return answer_once(request, run, is_personal=True)


def _read_id(text: str) -> int:
    number = read_row_id(text)
    if number is None:
        raise InvoiceNotFound
    return number
