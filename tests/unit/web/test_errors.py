"""Pages for failures: under ASGI Django renders them in a thread outside of the tenant."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from web.errors import not_found, server_error


def refuse_to_look() -> None:
    message = "who is signed in stands in the tenant's schema, which this thread is not in"
    raise AssertionError(message)


@pytest.mark.parametrize(("view", "status"), [(not_found, 404), (server_error, 500)])
def test_pages_for_failures_do_not_ask_who_is_signed_in(view, status):
    request = RequestFactory().get("/favicon.ico")
    request.user = SimpleLazyObject(refuse_to_look)

    response = view(request)

    assert response.status_code == status
    assert "<h1" in response.content.decode()
