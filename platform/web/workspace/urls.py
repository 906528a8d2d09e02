"""Addresses of the workspace, under ``/workspace/`` on a tenant's host."""

from django.urls import include, path

app_name = "workspace"

urlpatterns = [
    path("", include("web.workspace.board.urls")),
    path("", include("web.workspace.mine.urls")),
    path("", include("web.workspace.bookings.urls")),
    path("", include("web.workspace.customers.urls")),
    path("", include("web.workspace.waitlist.urls")),
    path("", include("web.workspace.catalog.urls")),
    path("", include("web.workspace.team.urls")),
    path("", include("web.workspace.rules.urls")),
    path("", include("web.workspace.hours.urls")),
    path("", include("web.workspace.changes.urls")),
    path("", include("web.workspace.people.urls")),
    path("", include("web.workspace.own.urls")),
    path("", include("web.workspace.start.urls")),
    path("", include("web.workspace.pictures.urls")),
    path("", include("web.workspace.settings.urls")),
    path("", include("web.workspace.notices.urls")),
    path("", include("web.workspace.address.urls")),
    path("", include("web.workspace.payments.urls")),
    path("", include("web.workspace.reports.urls")),
    path("", include("web.workspace.widget.urls")),
    path("", include("web.workspace.webhooks.urls")),
    path("", include("web.workspace.feeds.urls")),
    path("", include("web.workspace.closing.urls")),
    path("", include("web.workspace.terms.urls")),
    path("", include("web.workspace.copies.urls")),
    path("", include("web.workspace.voices.urls")),
    path("", include("web.workspace.ideas.urls")),
    path("", include("web.workspace.keys.urls")),
    path("", include("web.workspace.imports.urls")),
    path("", include("web.workspace.bulk.urls")),
    path("", include("web.workspace.privacy.urls")),
]
