"""Addresses of the pages about the end of the business."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.closing import views
from web.workspace.nav import SETTINGS, NavEntry, add_entries

add_entries(
    NavEntry(
        key="closing",
        label=gettext_lazy("Close the business"),
        icon="door-closed",
        url_name="closing",
        permission=Permission.BUSINESS_CLOSE,
        position=98,
        belongs=("closing_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("closing/", views.close, name="closing"),
    path("closing/reopen/", views.reopen, name="closing_reopen"),
]
