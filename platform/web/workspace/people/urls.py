"""Addresses of who signs in."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import NavEntry, add_entries
from web.workspace.people import views

add_entries(
    NavEntry(
        key="people",
        label=gettext_lazy("Access"),
        icon="key-round",
        url_name="people",
        permission=Permission.TEAM_MANAGE,
        position=80,
        belongs=("people_",),
    )
)

urlpatterns = [
    path("people/", views.list_people, name="people"),
    path("people/<int:person_id>/second-step/", views.reset_second_step, name="people_reset"),
]
