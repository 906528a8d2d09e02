"""Addresses of one's own day of work."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.policies import Permission
from web.workspace.mine import views
from web.workspace.nav import NavEntry, PhoneTab, add_entries, add_tabs

add_entries(
    NavEntry(
        key="mine",
        label=gettext_lazy("My day"),
        icon="calendar-check-2",
        url_name="mine",
        permission=Permission.OWN_WORK,
        position=15,
        belongs=("mine_",),
        roles=(Role.PROVIDER,),
    )
)
add_tabs(
    PhoneTab(
        key="mine",
        label=gettext_lazy("My day"),
        icon="calendar-check-2",
        url_name="mine",
        permission=Permission.OWN_WORK,
        position=10,
        roles=(Role.PROVIDER,),
    )
)

urlpatterns = [
    path("mine/", views.show_mine, name="mine"),
    path("mine/<int:booking_id>/late/", views.say_late, name="mine_late"),
    path("mine/<int:booking_id>/<slug:key>/", views.perform, name="mine_act"),
]
