"""Addresses of who signs in."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import SETTINGS, NavEntry, add_entries
from web.workspace.people import acts, views

add_entries(
    NavEntry(
        key="people",
        label=gettext_lazy("Access"),
        icon="key-round",
        url_name="people",
        permission=Permission.TEAM_MANAGE,
        position=80,
        belongs=("people_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("people/", views.list_people, name="people"),
    path("people/invite/", views.invite, name="people_invite"),
    path("people/invitations/<int:invitation_id>/again/", acts.send_again, name="people_send_again"),
    path("people/invitations/<int:invitation_id>/revoke/", acts.revoke, name="people_revoke"),
    path("people/<int:person_id>/", views.change_person, name="people_change"),
    path("people/<int:person_id>/second-step/", acts.reset_second_step, name="people_reset"),
    path("people/<int:person_id>/hand-over/", acts.hand_over, name="people_hand_over"),
    path("people/<int:person_id>/deactivate/", acts.deactivate, name="people_deactivate"),
    path("people/<int:person_id>/reactivate/", acts.reactivate, name="people_reactivate"),
    path("people/<int:person_id>/password/", acts.send_password_link, name="people_password"),
    path("people/<int:person_id>/sessions/", acts.end_sessions, name="people_end_sessions"),
]
