"""Addresses of the catalog: for each kind its list, one of it, and what is done to one."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from api.v1.setups.hours import LocationHoursView, ResourceHoursView
from api.v1.setups.views import VIEWS

OWN_LISTS = {"services": "catalog/services", "resources": "catalog/resources"}
"""Lists whose plain name answers what customers may choose, to anyone."""


def _make_patterns() -> Iterator[URLPattern]:
    for name, views in VIEWS.items():
        one, label = f"{name}/<str:row_id>", name.replace("_", "-")
        yield path(OWN_LISTS.get(name, name), views.several.as_view(), name=f"{label}-setups")
        yield path(one, views.one.as_view(), name=f"{label}-setup")
        yield path(f"{one}/archive", views.archive.as_view(), name=f"{label}-archive")
        yield path(f"{one}/restore", views.restore.as_view(), name=f"{label}-restore")


PATTERNS = [
    *_make_patterns(),
    path("locations/<str:row_id>/working_hours", LocationHoursView.as_view(), name="location-hours"),
    path("resources/<str:row_id>/working_hours", ResourceHoursView.as_view(), name="resource-hours"),
]
