"""Lists as the API answers them: ``{"results": [...], "next": cursor or null}``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from rest_framework import serializers
from rest_framework.response import Response

from kernel.page import Page

Row = TypeVar("Row")


class PageShape(serializers.Serializer[Any]):
    """Part of every list's answer; a child names its ``results``."""

    next = serializers.CharField(allow_null=True)


def answer_page(
    page: Page[Row], *, shape: type[PageShape], describe: Callable[[Row], Mapping[str, object]]
) -> Response:
    """Answer a page of a list, each row as ``describe`` puts it."""
    body = {"results": [describe(row) for row in page.rows], "next": page.next_cursor}
    return Response(shape(body).data)
