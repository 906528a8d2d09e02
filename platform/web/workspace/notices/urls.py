"""Address of the privacy notice in the workspace."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import SETTINGS, NavEntry, add_entries
from web.workspace.notices import views

add_entries(
    NavEntry(
        key="notice",
        label=gettext_lazy("Privacy notice"),
        icon="shield-check",
        url_name="notice",
        permission=Permission.SETTINGS_MANAGE,
        position=108,
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("settings/notice/", views.show_notice, name="notice"),
]
