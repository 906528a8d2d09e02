"""The OpenAPI document and the pages that show it; anyone may read both."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from api.views import AnsweringView
from edge.access import OPEN, OpenToAnyone


class SchemaView(AnsweringView, SpectacularAPIView):
    """``GET schema/``: the document, in YAML or JSON as the caller accepts."""

    declared_permission = OPEN
    authentication_classes = ()
    permission_classes = (OpenToAnyone,)

    @extend_schema(exclude=True)
    def get(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Return the document; what it says is in English, whoever asks."""
        with translation.override("en"):
            answer: Response = self._get_schema_response(request)  # type: ignore[no-untyped-call]
        return answer

    def _get_version_parameter(self, _request: Request) -> None:
        # There is one version. The library would write whatever the address says into a header.
        return None


class DocsView(AnsweringView, SpectacularSwaggerSplitView):
    """``GET docs/``: the reference for people."""

    declared_permission = OPEN
    authentication_classes = ()
    permission_classes = (OpenToAnyone,)
    url_name = "api:schema"
