"""Addresses of the page about the widget."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import SETTINGS, NavEntry, add_entries
from web.workspace.widget import views

add_entries(
    NavEntry(
        key="widget",
        label=gettext_lazy("Widget"),
        icon="code-xml",
        url_name="widget",
        permission=Permission.SETTINGS_MANAGE,
        position=92,
        belongs=("widget_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("widget/", views.show, name="widget"),
    path("widget/sites/", views.add_site, name="widget_site_add"),
    path("widget/sites/remove/", views.remove_site, name="widget_site_remove"),
    path("widget/check/", views.check, name="widget_check"),
]
