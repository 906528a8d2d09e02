"""Addresses of services."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.catalog import row_views
from web.workspace.catalog.copy_views import copy_row
from web.workspace.catalog.files.page import SERVICE_FILE
from web.workspace.catalog.pages import SERVICES
from web.workspace.catalog.prices.views import edit_prices
from web.workspace.catalog.starting import use_starter_list
from web.workspace.catalog.terms.listing import show_terms
from web.workspace.crud.urls import make_urls
from web.workspace.files.urls import make_file_urls
from web.workspace.nav import SETTINGS, NavEntry, add_entries

add_entries(
    NavEntry(
        key="services",
        label=gettext_lazy("Services"),
        icon="tag",
        url_name="services",
        permission=Permission.CATALOG_VIEW,
        position=50,
        belongs=("services_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    *make_urls(SERVICES),
    path("services/prices/", edit_prices, name="services_prices"),
    path("services/deposits/", show_terms, name="services_deposits"),
    *make_file_urls(SERVICE_FILE),
    path("services/starter/", use_starter_list, name="services_starter"),
    path("services/<int:row_id>/copy/", copy_row, name="services_copy"),
    path("services/<int:row_id>/row/", row_views.show_row, name="services_row"),
    path("services/<int:row_id>/price/", row_views.edit_price, name="services_price"),
    path("services/<int:row_id>/online/", row_views.put_online, name="services_online"),
    path("services/<int:row_id>/offline/", row_views.take_offline, name="services_offline"),
]
