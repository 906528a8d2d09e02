"""Customers, and what their visits are about, for staff and programs."""

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
from api.v1.customers.shapes import (
    AssetChanges,
    AssetList,
    AssetOwnersShape,
    AssetShape,
    AssetsQuery,
    CustomerChanges,
    CustomerList,
    CustomerRecordShape,
    CustomersQuery,
    NewAssetFields,
    NewCustomerFields,
    NewOwnerFields,
    describe_asset,
    describe_customer,
    describe_owners,
    read_changes,
    read_customer,
)
from api.v1.manage.serializers import EmptyFields
from api.views import Result, StaffView, answer_once
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.errors import CustomerInvalid, CustomerNotFound
from scheduling.errors.customers import (
    AssetKnown,
    AssetMoved,
    AssetNotFound,
    AssetOwned,
    AssetSample,
    CustomerChanged,
    CustomerKnown,
)
from scheduling.selectors.customers.assets import get_asset, list_assets
from scheduling.selectors.customers.owners import list_owners
from scheduling.selectors.customers.records import get_customer, list_customers
from scheduling.services.customers.assets import change_asset, create_asset
from scheduling.services.customers.owners import archive_asset, move_asset, restore_asset
from scheduling.services.customers.records import change_customer, create_customer
from scheduling.types import CustomerFilters

LISTING: Mapping[str, str] = {"GET": Permission.CUSTOMER_VIEW, "POST": Permission.CUSTOMER_MANAGE}
ONE: Mapping[str, str] = {"GET": Permission.CUSTOMER_VIEW, "PATCH": Permission.CUSTOMER_MANAGE}
CUSTOMERS, ASSETS = "customers", "assets"


class CustomersView(StaffView):
    """``GET`` and ``POST customers``."""

    declared_permission: ClassVar[Mapping[str, str]] = LISTING
    key_area = KeyArea.CUSTOMERS

    @describe_call("list_customers", parameters=[CustomersQuery], responses=CustomerList)
    def get(self, request: Request) -> Response:
        """List customers in the order in which they were made; who was erased is left out."""
        asked = CustomersQuery.read(request).validated_data
        place = {"cursor": read_place(asked, CUSTOMERS), "limit": asked["limit"]}
        page = list_customers(CustomerFilters(**{**asked, **place}))
        return Response({"results": [describe_customer(row) for row in page.rows], "next": name_next(page, CUSTOMERS)})

    @describe_call(
        "create_customer",
        fails=(CustomerInvalid, CustomerKnown),
        request=NewCustomerFields,
        responses={201: CustomerRecordShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Make the record of somebody; nobody of the same name has one of the contacts already."""
        setup = read_customer(NewCustomerFields.read(request).validated_data)

        def run() -> Result:
            number = create_customer(setup=setup, by=make_actor(request), now=utc_now())
            return Result(status.HTTP_201_CREATED, describe_customer(get_customer(customer_id=number)))

        return answer_once(request, run, is_personal=True)


class CustomerView(StaffView):
    """``GET`` and ``PATCH customers/{id}``."""

    declared_permission: ClassVar[Mapping[str, str]] = ONE
    key_area = KeyArea.CUSTOMERS

    @describe_call("get_customer", fails=(CustomerNotFound,), responses=CustomerRecordShape)
    def get(self, _request: Request, customer_id: str) -> Response:
        """Return one customer."""
        return Response(describe_customer(get_customer(customer_id=_read_customer_id(customer_id))))

    @describe_call(
        "change_customer",
        fails=(CustomerNotFound, CustomerInvalid, CustomerChanged),
        request=CustomerChanges,
        responses=CustomerRecordShape,
    )
    def patch(self, request: Request, customer_id: str) -> Response:
        """Change what is sent; the rest stays, and so does what bookings say about them."""
        asked, number = CustomerChanges.read(request).validated_data, _read_customer_id(customer_id)
        change_customer(
            customer_id=number,
            changes=read_changes(asked),
            seen=asked.get("mark", ""),
            by=make_actor(request),
            now=utc_now(),
        )
        return Response(describe_customer(get_customer(customer_id=number)))


class AssetsView(StaffView):
    """``GET`` and ``POST assets``."""

    declared_permission: ClassVar[Mapping[str, str]] = LISTING
    key_area = KeyArea.CUSTOMERS

    @describe_call("list_assets", parameters=[AssetsQuery], responses=AssetList)
    def get(self, request: Request) -> Response:
        """List what visits are about, of all customers or of one, in the order in which it was made."""
        asked = AssetsQuery.read(request).validated_data
        page = list_assets(
            customer_id=asked.get("customer"),
            identifier=asked.get("identifier", ""),
            is_archived=asked.get("archived"),
            cursor=read_place(asked, ASSETS),
            limit=asked["limit"],
        )
        return Response({"results": [describe_asset(row) for row in page.rows], "next": name_next(page, ASSETS)})

    @describe_call(
        "create_asset",
        fails=(CustomerNotFound, CustomerInvalid, AssetKnown),
        request=NewAssetFields,
        responses={201: AssetShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Give a customer something that visits are about; what tells it from others is enough."""
        asked = NewAssetFields.read(request).validated_data

        def run() -> Result:
            number = create_asset(customer_id=asked["customer"], fields=asked["asset"], now=utc_now())
            return Result(status.HTTP_201_CREATED, describe_asset(get_asset(asset_id=number)))

        return answer_once(request, run, is_personal=True)


class AssetView(StaffView):
    """``GET`` and ``PATCH assets/{id}``."""

    declared_permission: ClassVar[Mapping[str, str]] = ONE
    key_area = KeyArea.CUSTOMERS

    @describe_call("get_asset", fails=(AssetNotFound,), responses=AssetShape)
    def get(self, _request: Request, asset_id: str) -> Response:
        """Return what visits are about."""
        return Response(describe_asset(get_asset(asset_id=_read_asset_id(asset_id))))

    @describe_call(
        "change_asset",
        fails=(AssetNotFound, CustomerInvalid, CustomerChanged, AssetKnown),
        request=AssetChanges,
        responses=AssetShape,
    )
    def patch(self, request: Request, asset_id: str) -> Response:
        """Change what is sent; the rest stays, and so does what bookings say about it."""
        asked, number = AssetChanges.read(request).validated_data, _read_asset_id(asset_id)
        change_asset(asset_id=number, fields=asked["asset"], seen=asked.get("mark", ""), now=utc_now())
        return Response(describe_asset(get_asset(asset_id=number)))


class AssetOwnersView(StaffView):
    """``GET`` and ``POST assets/{id}/owners``."""

    declared_permission: ClassVar[Mapping[str, str]] = LISTING
    key_area = KeyArea.CUSTOMERS

    @describe_call("list_asset_owners", fails=(AssetNotFound,), responses=AssetOwnersShape)
    def get(self, _request: Request, asset_id: str) -> Response:
        """List who had it, the newest first; nobody: it was always of whose it is."""
        number = get_asset(asset_id=_read_asset_id(asset_id)).id
        return Response(describe_owners(list_owners(asset_id=number)))

    @describe_call(
        "move_asset",
        fails=(
            AssetNotFound,
            CustomerNotFound,
            CustomerInvalid,
            AssetOwned,
            AssetMoved,
            AssetSample,
            AssetKnown,
        ),
        request=NewOwnerFields,
        responses=AssetShape,
    )
    def post(self, request: Request, asset_id: str) -> HttpResponse:
        """Give it to another customer from a local day on; visits stay with whoever came."""
        asked, number = NewOwnerFields.read(request).validated_data, _read_asset_id(asset_id)

        def run() -> Result:
            move_asset(
                asset_id=number,
                to_id=asked["customer"],
                on=asked["on"],
                from_id=asked.get("owner"),
                by=make_actor(request),
                now=utc_now(),
            )
            return Result(status.HTTP_200_OK, describe_asset(get_asset(asset_id=number)))

        return answer_once(request, run, is_personal=True)


class AssetArchiveView(StaffView):
    """``POST assets/{id}/archive``."""

    declared_permission: ClassVar[Mapping[str, str]] = {"POST": Permission.CUSTOMER_MANAGE}
    key_area = KeyArea.CUSTOMERS

    @describe_call("archive_asset", fails=(AssetNotFound,), request=EmptyFields, responses=AssetShape)
    def post(self, request: Request, asset_id: str) -> HttpResponse:
        """Offer it no more; its history stays. Twice is once."""
        EmptyFields.read(request)
        number = _read_asset_id(asset_id)

        def run() -> Result:
            archive_asset(asset_id=number, now=utc_now())
            return Result(status.HTTP_200_OK, describe_asset(get_asset(asset_id=number)))

        return answer_once(request, run, is_personal=True)


class AssetRestoreView(StaffView):
    """``POST assets/{id}/restore``."""

    declared_permission: ClassVar[Mapping[str, str]] = {"POST": Permission.CUSTOMER_MANAGE}
    key_area = KeyArea.CUSTOMERS

    @describe_call("restore_asset", fails=(AssetNotFound,), request=EmptyFields, responses=AssetShape)
    def post(self, request: Request, asset_id: str) -> HttpResponse:
        """Offer an archived one again."""
        EmptyFields.read(request)
        number = _read_asset_id(asset_id)

        def run() -> Result:
            restore_asset(asset_id=number, now=utc_now())
            return Result(status.HTTP_200_OK, describe_asset(get_asset(asset_id=number)))

        return answer_once(request, run, is_personal=True)


def _read_customer_id(text: str) -> int:
    number = read_row_id(text)
    if number is None:
        raise CustomerNotFound
    return number


def _read_asset_id(text: str) -> int:
    number = read_row_id(text)
    if number is None:
        raise AssetNotFound
    return number
