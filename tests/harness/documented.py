"""Is an answer of the API one that its OpenAPI document names: by status, kind of content and code?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.generators import SchemaGenerator

METHODS = {"get", "post", "put", "patch", "delete"}


@cache
def load_document() -> dict[str, Any]:
    document: dict[str, Any] = SchemaGenerator(urlconf="config.urls_tenant").get_schema(request=None, public=True)
    return document


def look_up(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a parameter or an answer of the document, wherever it stands: in a call, or once for several."""
    if "$ref" not in part:
        return part
    kind, name = part["$ref"].removeprefix("#/components/").split("/")
    found: Mapping[str, Any] = document["components"][kind][name]
    return found


@cache
def _list_paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    paths = load_document()["paths"]
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), calls) for path, calls in paths.items()]


def find_undocumented(method: str, path: str, answer: HttpResponseBase) -> str | None:
    """Return what the document does not say of an answer; None when it says all, or the call is none of its own."""
    method = "get" if method == "HEAD" else method.lower()
    calls = next((calls for pattern, calls in _list_paths() if pattern.fullmatch(path)), None)
    if calls is None or method not in calls:
        return None
    named = calls[method]["responses"].get(str(answer.status_code))
    if named is None:
        return f"{method} {path}: {answer.status_code}"
    named = look_up(load_document(), named)
    kind = answer.headers.get("Content-Type", "").split(";")[0]
    content = named.get("content")
    if content is None:
        return f"{method} {path}: {answer.status_code} has a body" if getattr(answer, "content", b"") else None
    if kind not in content:
        return f"{method} {path}: {answer.status_code} {kind}"
    if answer.status_code < 400 or not answer.content:  # type: ignore[attr-defined]
        return None
    code = json.loads(answer.content)["code"]  # type: ignore[attr-defined]
    codes = content[kind]["schema"]["allOf"][1]["properties"]["code"]["enum"]
    return None if code in codes else f"{method} {path}: {answer.status_code} {code}"
