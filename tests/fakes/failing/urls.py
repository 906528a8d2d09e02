"""The addresses of a tenant's host, and some that fail."""

from django.urls import path

from config.urls_tenant import handler404, handler500, urlpatterns
from tests.fakes.failing import ways

__all__ = ["handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("fail/<str:token>/later/", ways.fail_later),
    path("fail/<str:token>/stream/", ways.fail_in_a_stream),
    path("fail/<str:token>/<slug:way>/", ways.fail),
    path("b/<str:token>/fail/<slug:way>/", ways.fail),
    path("api/v1/manage/<str:token>/fail/<slug:way>", ways.fail),
    *urlpatterns,
]
