"""Addresses on the platform's own host."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("web.site.urls")),
    path("operator/", include("operators.urls")),
    path("accounts/", include("web.account.urls")),
    path("webhooks/", include("api.webhooks.urls")),
]

handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler429 = "web.errors.too_many"
handler500 = "web.errors.server_error"
