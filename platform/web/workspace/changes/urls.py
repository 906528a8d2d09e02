"""Addresses of what a change of the catalog does to bookings."""

from django.urls import path

from web.workspace.changes import progress

urlpatterns = [path("changes/<uuid:key>/progress/", progress.show_progress, name="moves_progress")]
