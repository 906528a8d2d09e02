"""The OpenAPI document and the pages that show it; anyone may read both."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.utils.encoding import force_bytes
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from api.views import AnsweringView
from edge.access import OPEN, OpenToAnyone


class SchemaView(AnsweringView, SpectacularAPIView):
    """``GET schema/``: the document, in YAML or JSON as the caller accepts."""

    declared_permission = OPEN
    authentication_classes = ()
    permission_classes = (OpenToAnyone,)

    @extend_schema(exclude=True)
    def get(self, request: Request, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Return the document; it is the same for every business, and in English, whoever asks."""
        renderer = request.accepted_renderer
        return HttpResponse(
            _render_document(renderer.media_type),
            content_type=f"{renderer.media_type}; charset=utf-8",
            headers={"Content-Disposition": f'inline; filename="Turnero.{renderer.format}"'},
        )


@cache
def _render_document(media_type: str) -> bytes:
    """Return the document, made once per process: that takes a second of a processor, and anyone may ask."""
    renderer = next(each for each in SchemaView.renderer_classes if each.media_type == media_type)
    with translation.override("en"):
        document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        # The library's JSON is indented: three of five bytes would be blanks, and the page of the reference reads it.
        plain = JSONRenderer if issubclass(renderer, JSONRenderer) else renderer
        return force_bytes(plain().render(document))


class DocsView(AnsweringView, SpectacularSwaggerSplitView):
    """``GET docs/``: the reference for people."""

    declared_permission = OPEN
    authentication_classes = ()
    permission_classes = (OpenToAnyone,)
    url_name = "api:schema"
