"""Addresses of services."""

from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.catalog.pages import SERVICES
from web.workspace.crud.urls import make_urls
from web.workspace.nav import NavEntry, add_entries

add_entries(
    NavEntry(
        key="services",
        label=gettext_lazy("Services"),
        icon="tag",
        url_name="services",
        permission=Permission.CATALOG_VIEW,
        position=50,
        belongs=("services_",),
    )
)

urlpatterns = make_urls(SERVICES)
