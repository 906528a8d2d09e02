"""Addresses on a tenant's host."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("workspace/", include("web.workspace.urls")),
    path("accounts/", include("web.account.urls")),
    path("api/v1/", include("api.v1.urls")),
    path("", include("web.widget.urls")),
    path("", include("web.booking.urls")),
]

handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler429 = "web.errors.too_many"
handler500 = "web.errors.server_error"
