"""Addresses of what customers say."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import NavEntry, add_entries
from web.workspace.voices import acts, views

add_entries(
    NavEntry(
        key="voices_waiting",
        label=gettext_lazy("Messages"),
        icon="message-circle",
        url_name="voices_waiting",
        permission=Permission.CUSTOMER_VIEW,
        position=40,
        belongs=("voices_message", "voices_settle", "voices_request"),
    ),
    NavEntry(
        key="voices",
        label=gettext_lazy("Opinions"),
        icon="star",
        url_name="voices",
        permission=Permission.CUSTOMER_VIEW,
        position=45,
        belongs=("voices_answer", "voices_hide", "voices_show"),
    ),
)

urlpatterns = [
    path("voices/", views.list_opinions, name="voices"),
    path("voices/waiting/", views.list_waiting, name="voices_waiting"),
    path("voices/<int:booking_id>/answer/", acts.answer, name="voices_answer"),
    path("voices/<int:booking_id>/hide/", acts.hide, name="voices_hide"),
    path("voices/<int:booking_id>/show/", acts.show, name="voices_show"),
    path("voices/<int:booking_id>/message/", acts.write, name="voices_message"),
    path("voices/<int:booking_id>/settle/", acts.settle, name="voices_settle"),
    path("voices/requests/<int:request_id>/", acts.finish, name="voices_request"),
]
