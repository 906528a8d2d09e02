"""Addresses of decisions about many bookings."""

from django.urls import path

from web.workspace.bulk import acts, away, closing, everyone, together

urlpatterns = [
    path("bulk/", acts.list_all, name="bulk"),
    path("bulk/away/", away.decide, name="bulk_away"),
    path("bulk/everyone/", everyone.write_to_everyone, name="bulk_everyone"),
    path("bulk/close/", closing.close_days, name="bulk_close"),
    path("bulk/together/", together.decide, name="bulk_together"),
    path("bulk/<uuid:key>/", acts.show, name="bulk_show"),
    path("bulk/<uuid:key>/undo/", acts.undo, name="bulk_undo"),
]
