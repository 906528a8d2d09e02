"""The catalog, for staff and programs: everything that was set up, archived things too when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.document import describe_call
from api.pagination import cut_list, name_next
from api.v1.bookings.staff import make_actor
from api.v1.manage.serializers import EmptyFields
from api.v1.setups.bodies import VERSION, change_setup, make_body, make_change, name_errors, read_setup
from api.v1.setups.kinds import (
    ADD_ONS,
    DATE_OVERRIDES,
    LOCATIONS,
    RESOURCE_TYPES,
    RESOURCES,
    RULES,
    SERVICES,
    TIME_OFF,
    Kind,
)
from api.v1.setups.shapes import describe_entry, make_list, make_shape
from api.views import Result, StaffView, answer_once
from audit.errors import ChangedMeanwhile
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.errors import Archived, BookingsInTheWay, SetupInvalid, StillUsed
from scheduling.services.catalog.door import archive, restore

READS, CHANGES = Permission.CATALOG_VIEW, Permission.CATALOG_MANAGE


@dataclass(frozen=True, slots=True)
class Views:
    """The views of a kind: of its list, of one, and of what is done to one."""

    several: type[StaffView]
    one: type[StaffView]
    archive: type[StaffView]
    restore: type[StaffView]


def _make_views(kind: Kind) -> Views:
    shape = make_shape(f"{kind.noun}Setup", kind.setup)
    asks = {"get": READS, "post": CHANGES, "patch": CHANGES, "delete": CHANGES}

    def make(name: str, text: str, **methods: Callable[..., object]) -> type[StaffView]:
        declared = {method.upper(): asks[method] for method in methods}
        said = {"__doc__": text, "declared_permission": declared, "key_area": KeyArea.CATALOG}
        return type(f"{kind.noun}{name}View", (StaffView,), {**said, **methods})

    delete = {} if kind.delete is None else {"delete": _delete(kind, kind.delete)}
    return Views(
        several=make("List", f"``{kind.name}``.", get=_list(kind, shape), post=_create(kind, shape)),
        one=make(
            "",
            f"``{kind.name}/{{id}}``.",
            get=_get(kind, shape),
            patch=_change(kind, shape),
            **delete,
        ),
        archive=make("Archive", f"``POST {kind.name}/{{id}}/archive``.", post=_switch(kind, shape, is_active=False)),
        restore=make("Restore", f"``POST {kind.name}/{{id}}/restore``.", post=_switch(kind, shape, is_active=True)),
    )


def _get(kind: Kind, shape: Any) -> Callable[..., object]:
    @describe_call(
        f"get_{kind.name}_entry",
        fails=(kind.missing,),
        description="Return one as it was set up, archived or not.",
        responses=shape,
    )
    def get(_self: StaffView, _request: Request, row_id: str) -> Response:
        return Response(describe_entry(kind.load(read_id_of(kind, row_id))))

    return get


def _list(kind: Kind, shape: Any) -> Callable[..., object]:
    @describe_call(
        f"list_{kind.name}_entries",
        fails=kind.unlisted,
        description="List what was set up, in the business's order.",
        parameters=[kind.query],
        responses=make_list(f"{kind.noun}Setup", shape),
    )
    def get(_self: StaffView, request: Request) -> Response:
        asked = kind.query.read(request).validated_data
        page = cut_list(kind.fetch(asked, not asked["archived"]), asked, kind.name, key=attrgetter("place"))
        return Response({"results": [describe_entry(row) for row in page.rows], "next": name_next(page, kind.name)})

    return get


def _create(kind: Kind, shape: Any) -> Callable[..., object]:
    body = make_body(kind.noun, kind.setup)

    @describe_call(
        f"create_{kind.name}_entry",
        fails=(SetupInvalid, *kind.unmade),
        description="Set one up.",
        request=body,
        responses={201: shape},
    )
    def post(_self: StaffView, request: Request) -> HttpResponse:
        setup = read_setup(kind.setup, body.read(request).validated_data)

        def run() -> Result:
            with naming_fields():
                row_id = kind.create(setup=setup, by=make_actor(request), now=utc_now())
            return Result(status=status.HTTP_201_CREATED, body=describe_entry(kind.load(row_id)))

        return answer_once(request, run, is_personal=False)

    return post


def _change(kind: Kind, shape: Any) -> Callable[..., object]:
    body = make_change(kind.noun, kind.setup)

    @describe_call(
        f"change_{kind.name}_entry",
        fails=(kind.missing, ChangedMeanwhile, Archived, SetupInvalid, BookingsInTheWay),
        description="Change what is sent; the rest stays, and ``null`` takes away what may be missing. Bookings keep "
        "what was agreed, and refuse what would leave them without their place.",
        request=body,
        responses=shape,
    )
    def patch(_self: StaffView, request: Request, row_id: str) -> Response:
        asked, number = body.read(request).validated_data, read_id_of(kind, row_id)
        entry = kind.load(number)
        with naming_fields():
            kind.change(
                **{kind.id_name: number},
                setup=change_setup(entry.setup, asked),
                # Without one, that of what the change was made of: what somebody else saves meanwhile is not undone.
                version=asked.get(VERSION, entry.version),
                by=make_actor(request),
                now=utc_now(),
            )
        return Response(describe_entry(kind.load(number)))

    return patch


def _delete(kind: Kind, run_delete: Callable[..., None]) -> Callable[..., object]:
    @describe_call(
        f"delete_{kind.name}_entry",
        fails=(kind.missing, StillUsed, *kind.stuck),
        description="Delete what was never used; what was can be archived.",
        responses={204: None},
    )
    def delete(_self: StaffView, request: Request, row_id: str) -> Response:
        run_delete(**{kind.id_name: read_id_of(kind, row_id)}, by=make_actor(request), now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    return delete


def _switch(kind: Kind, shape: Any, *, is_active: bool) -> Callable[..., object]:
    name, run_switch = ("restore", restore) if is_active else ("archive", archive)

    @describe_call(
        f"{name}_{kind.name}_entry",
        fails=(kind.missing, SetupInvalid, BookingsInTheWay, *kind.stuck),
        description=f"{name.capitalize()} one; again changes nothing.",
        request=EmptyFields,
        responses=shape,
    )
    def post(_self: StaffView, request: Request, row_id: str) -> HttpResponse:
        EmptyFields.read(request)
        number = read_id_of(kind, row_id)

        def run() -> Result:
            with naming_fields():
                run_switch(kind.door, number, version=None, by=make_actor(request), now=utc_now())
            return Result(status=status.HTTP_200_OK, body=describe_entry(kind.load(number)))

        return answer_once(request, run, is_personal=False)

    return post


def read_id_of(kind: Kind, text: str) -> int:
    """Return the number of what an address names.

    Raises:
        NotFound: The kind's own, when nothing can have it.
    """
    number = read_row_id(text)
    if number is None:
        raise kind.missing
    return number


@contextmanager
def naming_fields() -> Iterator[None]:
    """Name what is wrong as bodies do."""
    try:
        yield
    except SetupInvalid as error:
        raise name_errors(error) from error


VIEWS: Mapping[str, Views] = {
    kind.name: _make_views(kind)
    for kind in (LOCATIONS, RESOURCE_TYPES, RULES, ADD_ONS, RESOURCES, SERVICES, DATE_OVERRIDES, TIME_OFF)
}
