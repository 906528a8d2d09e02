"""Addresses of the keys of programs."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.keys import views
from web.workspace.nav import SETTINGS, NavEntry, add_entries

add_entries(
    NavEntry(
        key="keys",
        label=gettext_lazy("Keys for programs"),
        icon="plug",
        url_name="keys",
        permission=Permission.KEY_MANAGE,
        position=90,
        belongs=("keys_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("keys/", views.list_all, name="keys"),
    path("keys/new/", views.make, name="keys_new"),
    path("keys/<int:key_id>/revoke/", views.revoke, name="keys_revoke"),
]
