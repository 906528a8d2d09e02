"""Addresses of the waitlist."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import NavEntry, add_entries
from web.workspace.waitlist import views

add_entries(
    NavEntry(
        key="waitlist",
        label=gettext_lazy("Waitlist"),
        icon="bell",
        url_name="waitlist",
        permission=Permission.BOARD_VIEW,
        position=35,
    )
)

urlpatterns = [
    path("waitlist/", views.show_waitlist, name="waitlist"),
    path("waitlist/fits/", views.show_fits, name="waitlist_fits"),
    path("waitlist/<int:entry_id>/remove/", views.remove, name="waitlist_remove"),
]
