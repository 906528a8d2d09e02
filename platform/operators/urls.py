"""Addresses of the operator's console."""

from django.urls import path

from operators import events, ideas, views
from operators.acts import perform_act

app_name = "operators"

urlpatterns = [
    path("", views.list_tenants, name="tenants"),
    path("removed/", views.show_removals, name="removals"),
    path("events/", events.show_events, name="events"),
    path("ideas/", ideas.show_ideas, name="ideas"),
    path("ideas/<int:idea_id>/", ideas.put_away, name="idea"),
    path("log/", views.show_log, name="log"),
    path("tenants/<slug:schema_name>/", views.show_tenant, name="tenant"),
    path("tenants/<slug:schema_name>/<slug:key>/", perform_act, name="act"),
]
