"""Addresses to which providers post."""

from django.urls import path

from api.webhooks import views

app_name = "webhooks"

urlpatterns = [
    path("stripe/events/", views.take_event, name="card_events"),
    path("stripe/notices/", views.take_notice, name="card_notices"),
]
