"""Addresses of imports."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from accounts.policies import Permission
from web.workspace.imports import views
from web.workspace.nav import SETTINGS, NavEntry, add_entries

add_entries(
    NavEntry(
        key="imports",
        label=pgettext_lazy("a page", "Import"),
        icon="file-up",
        url_name="imports",
        permission=Permission.SETTINGS_MANAGE,
        position=84,
        belongs=("import_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("imports/", views.list_all, name="imports"),
    path("imports/template.csv", views.download_template, name="import_template"),
    path("imports/<uuid:key>/", views.show, name="import_show"),
    path("imports/<uuid:key>/columns/", views.choose, name="import_columns"),
    path("imports/<uuid:key>/rows.csv", views.download_rows, name="import_rows"),
    path("imports/<uuid:key>/rows/<int:number>/", views.correct, name="import_row"),
    path("imports/<uuid:key>/<slug:act>/", views.perform, name="import_act"),
]
