"""Addresses in a frame: those of the booking pages, and nothing else."""

from django.urls import include, path

urlpatterns = [path("", include("web.booking.urls"))]

handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler429 = "web.errors.too_many"
handler500 = "web.errors.server_error"
