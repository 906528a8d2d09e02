"""Addresses of reports."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import NavEntry, add_entries
from web.workspace.reports import files, overview, searches, use, voices

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
    path("reports/bookings.csv", files.download_bookings_csv, name="reports_bookings_csv"),
    path("reports/bookings.xlsx", files.download_bookings_xlsx, name="reports_bookings_xlsx"),
    path("reports/<slug:table>.csv", files.download_csv, name="reports_csv"),
    path("reports/<slug:table>.xlsx", files.download_xlsx, name="reports_xlsx"),
    path("reports/use/", use.show, name="reports_use"),
    path("reports/searches/", searches.show, name="reports_searches"),
    path("reports/voices/", voices.show, name="reports_voices"),
]
