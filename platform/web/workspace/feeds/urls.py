"""Addresses of the page about calendar links."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.feeds import own, views
from web.workspace.nav import SETTINGS, NavEntry, add_entries

add_entries(
    NavEntry(
        key="feeds",
        label=gettext_lazy("Calendar links"),
        icon="calendar-sync",
        url_name="feeds",
        permission=Permission.SETTINGS_MANAGE,
        position=95,
        belongs=("feeds_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("feeds/", views.show, name="feeds"),
    path("feeds/<int:feed_id>/revoke/", views.revoke, name="feeds_revoke"),
    path("account/calendar/", own.show, name="own_calendar"),
    path("account/calendar/<int:feed_id>/revoke/", own.revoke, name="own_calendar_revoke"),
]
