"""Addresses of reports."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import NavEntry, add_entries
from web.workspace.reports import overview

add_entries(
    NavEntry(
        key="reports",
        label=gettext_lazy("Reports"),
        icon="chart-column",
        url_name="reports",
        permission=Permission.REPORT_VIEW,
        position=48,
        belongs=("reports_",),
    ),
)

urlpatterns = [
    path("reports/", overview.show, name="reports"),
]
