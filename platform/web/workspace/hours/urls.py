"""Addresses of places, of the week and of special days."""

from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.crud.urls import make_urls
from web.workspace.hours.locations import LOCATIONS
from web.workspace.nav import NavEntry, add_entries

add_entries(
    NavEntry(
        key="locations",
        label=gettext_lazy("Locations"),
        icon="store",
        url_name="locations",
        permission=Permission.CATALOG_VIEW,
        position=75,
        belongs=("locations_",),
    )
)

urlpatterns = make_urls(LOCATIONS)
