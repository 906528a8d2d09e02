"""Addresses of what concerns all data of the business."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.copies import views
from web.workspace.nav import SETTINGS, NavEntry, add_entries

add_entries(
    NavEntry(
        key="data",
        label=gettext_lazy("Your data"),
        icon="archive",
        url_name="data",
        permission=Permission.DATA_TAKE,
        position=87,
        belongs=("data_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("data/", views.show, name="data"),
    path("data/ask/", views.ask, name="data_ask"),
    path("data/speak/", views.speak, name="data_speak"),
    path("data/<uuid:key>/", views.take, name="data_take"),
]
