"""Addresses of what people ask about their data."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import SETTINGS, NavEntry, add_entries
from web.workspace.privacy import acts, blocked, incidents, keeping, record, recording, views

add_entries(
    NavEntry(
        key="privacy",
        label=gettext_lazy("Privacy"),
        icon="shield-check",
        url_name="privacy",
        permission=Permission.PRIVACY_MANAGE,
        position=97,
        belongs=("privacy_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("privacy/", views.show_list, name="privacy"),
    path("privacy/new/", recording.record, name="privacy_new"),
    path("privacy/incidents/", incidents.show_incidents, name="privacy_incidents"),
    path("privacy/incidents/new/", incidents.record, name="privacy_incident_new"),
    path("privacy/incidents/<int:incident_id>/", incidents.show_incident, name="privacy_incident"),
    path("privacy/incidents/<int:incident_id>/<slug:act>/", incidents.do_incident, name="privacy_incident_act"),
    path("privacy/record/", record.show_record, name="privacy_record"),
    path("privacy/record.csv", record.take_record, name="privacy_record_table"),
    path("privacy/kept/", keeping.show, name="privacy_kept"),
    path("privacy/blocked/", blocked.show_list, name="privacy_blocked_list"),
    path("privacy/blocked/find/", blocked.find, name="privacy_blocked_find"),
    path("privacy/blocked/<int:blocked_id>/", blocked.show, name="privacy_blocked"),
    path("privacy/blocked/<int:blocked_id>/file/", blocked.read, name="privacy_blocked_file"),
    path("privacy/<int:request_id>/", views.show, name="privacy_request"),
    path("privacy/<int:request_id>/file/", acts.take, name="privacy_file"),
    path("privacy/<int:request_id>/<slug:act>/", acts.do, name="privacy_act"),
]
