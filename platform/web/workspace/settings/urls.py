"""Addresses of the settings of the business."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import SETTINGS, NavEntry, add_entries
from web.workspace.settings import pages

add_entries(
    NavEntry(
        key=SETTINGS,
        label=gettext_lazy("Settings"),
        icon="settings",
        url_name="settings_business",
        permission=Permission.SETTINGS_MANAGE,
        position=88,
    ),
    NavEntry(
        key="business",
        label=gettext_lazy("Business"),
        icon="building-2",
        url_name="settings_business",
        permission=Permission.SETTINGS_MANAGE,
        position=89,
        belongs=("settings_",),
        parent=SETTINGS,
    ),
)

urlpatterns = [
    path("settings/business/", pages.change, name="settings_business"),
    path("settings/business/history/", pages.history, name="settings_business_history"),
    path("settings/business/measured/", pages.show_measured, name="settings_business_measured"),
    path("settings/business/look.css", pages.look_stylesheet, name="settings_business_look"),
]
