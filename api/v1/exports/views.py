"""``exports``: copies of all data, asked for and followed by programs of an owner.

No call answers the file: it is worth as much as the whole database, so its page asks an owner for the password, and for
the code of whoever has a second step (decision 28).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.document import describe_call
from api.fields import InstantField
from api.pagination import PageQuery, PageShape, cut_list, name_next
from api.serializers import StrictSerializer
from api.views import Result, StaffView, answer_once
from files.enums import CopyFailure, CopyKind, CopyState
from files.selectors.data_copies import list_data_copies
from files.services.data_copies import ask_for_copy
from files.types import DataCopyView
from kernel.clock import utc_now
from tenants.errors import ExampleNotKept

NAME = "exports"


class ExportFields(StrictSerializer):
    """Body of ``POST exports``."""

    kind = serializers.ChoiceField(choices=CopyKind.values, required=False, default=CopyKind.EXPORT.value)


class ExportShape(serializers.Serializer[Any]):
    """A copy of all data; the page of the workspace sends its file to an owner who signs in."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=CopyKind.values, help_text="Tables and files for people, or a backup.")
    state = serializers.ChoiceField(choices=CopyState.values)
    failure = serializers.ChoiceField(choices=["", *CopyFailure.values], help_text="Empty: it has not failed.")
    name = serializers.CharField(help_text="Of its file; empty until it is ready.")
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    asked_at = InstantField()
    ready_at = InstantField(allow_null=True)
    ends_at = InstantField(allow_null=True, help_text="Until when it can be taken.")
    taken_at = InstantField(allow_null=True)
    done = serializers.IntegerField(help_text="Parts that are done, of `parts`; both 0 when nobody knows.")
    parts = serializers.IntegerField()


class ExportList(PageShape):
    """Answer of ``GET exports``."""

    results = ExportShape(many=True)


class ExportsView(StaffView):
    """``GET`` and ``POST exports``."""

    declared_permission: ClassVar[Mapping[str, str]] = dict.fromkeys(("GET", "POST"), Permission.DATA_TAKE)
    key_area = KeyArea.EXPORTS

    @describe_call("list_exports", parameters=[PageQuery], responses=ExportList)
    def get(self, request: Request) -> Response:
        """List the copies of all data that were asked for last, the newest first."""
        asked = PageQuery.read(request).validated_data
        rows = sorted(list_data_copies(now=utc_now()), key=_place)
        page = cut_list(rows, asked, NAME, key=_place)
        return Response({"results": [_describe(row) for row in page.rows], "next": name_next(page, NAME)})

    @describe_call("ask_for_export", fails=(ExampleNotKept,), request=ExportFields, responses={202: ExportShape})
    def post(self, request: Request) -> HttpResponse:
        """Let a copy of all data be made; one that is on its way, or was made a moment ago, is the same one."""
        kind = CopyKind(ExportFields.read(request).validated_data["kind"])

        def run() -> Result:
            copy = ask_for_copy(kind=kind, by=request.user, now=utc_now())
            return Result(status.HTTP_202_ACCEPTED, _describe(copy))

        return answer_once(request, run, is_personal=False)


def _place(copy: DataCopyView) -> tuple[int, str]:
    return -int(copy.asked_at.timestamp() * 1_000_000), str(copy.key)


def _describe(copy: DataCopyView) -> dict[str, object]:
    return {
        "id": str(copy.key),
        "kind": copy.kind,
        "state": copy.state,
        "failure": copy.failure,
        "name": copy.name,
        "bytes": copy.bytes,
        "sha256": copy.sha256,
        "asked_at": copy.asked_at,
        "ready_at": copy.ready_at,
        "ends_at": copy.ends_at,
        "taken_at": copy.taken_at,
        "done": copy.done,
        "parts": copy.parts,
    }
