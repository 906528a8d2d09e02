"""Addresses of places, of the week and of special days."""

from django.urls import path
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.policies import Permission
from web.workspace.crud.urls import make_urls
from web.workspace.files.urls import make_file_urls
from web.workspace.hours.days import add_day, edit_day, show_days, switch_holiday
from web.workspace.hours.files import HOURS_FILE
from web.workspace.hours.locations import LOCATIONS
from web.workspace.hours.week import draw_week, edit_row, save_week, show_week
from web.workspace.nav import SETTINGS, NavEntry, add_entries

add_entries(
    NavEntry(
        key="hours",
        label=pgettext_lazy("page", "Hours"),
        icon="clock",
        url_name="hours",
        permission=Permission.CATALOG_VIEW,
        position=65,
        belongs=("hours_", "days"),
        parent=SETTINGS,
    ),
    NavEntry(
        key="locations",
        label=gettext_lazy("Locations"),
        icon="store",
        url_name="locations",
        permission=Permission.CATALOG_VIEW,
        position=75,
        belongs=("locations_",),
        parent=SETTINGS,
    ),
)

urlpatterns = [
    path("hours/", show_week, name="hours"),
    path("hours/draw/", draw_week, name="hours_draw"),
    path("hours/save/", save_week, name="hours_save"),
    path("hours/of/<slug:key>/", edit_row, name="hours_row"),
    path("days/", show_days, name="days"),
    path("days/new/", add_day, name="days_new"),
    path("days/holiday/", switch_holiday, name="days_holiday"),
    path("days/<slug:kind>/<int:row_id>/", edit_day, name="days_change"),
    *make_file_urls(HOURS_FILE),
    *make_urls(LOCATIONS),
]
