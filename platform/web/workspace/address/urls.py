"""Addresses of the pages about addresses."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.address import views
from web.workspace.nav import SETTINGS, NavEntry, add_entries

add_entries(
    NavEntry(
        key="address",
        label=gettext_lazy("Web address"),
        icon="link",
        url_name="address",
        permission=Permission.SETTINGS_MANAGE,
        position=86,
        belongs=("address_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("address/", views.show, name="address"),
    path("address/change/", views.change, name="address_change"),
    path("address/domain/", views.claim, name="address_domain"),
    path("address/domain/check/", views.check, name="address_domain_check"),
    path("address/domain/remove/", views.remove, name="address_domain_remove"),
]
