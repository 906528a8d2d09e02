"""Addresses of people, bays and tools."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.crud.urls import make_urls
from web.workspace.files.urls import make_file_urls
from web.workspace.nav import SETTINGS, NavEntry, add_entries
from web.workspace.team.copying import copy
from web.workspace.team.files import RESOURCE_FILE, TYPE_FILE
from web.workspace.team.pages import RESOURCE_TYPES, RESOURCES
from web.workspace.team.turns import choose_strategy, show_turns

add_entries(
    NavEntry(
        key="team",
        label=gettext_lazy("Team"),
        icon="users",
        url_name="resources",
        permission=Permission.CATALOG_VIEW,
        position=60,
        belongs=("resources_", "resource_types"),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("resources/turns/", show_turns, name="resources_turns"),
    path("resources/turns/<int:row_id>/", choose_strategy, name="resources_strategy"),
    path("resources/<int:row_id>/copy/", copy, name="resources_copy"),
    *make_urls(RESOURCES),
    *make_file_urls(RESOURCE_FILE),
    *make_urls(RESOURCE_TYPES),
    *make_file_urls(TYPE_FILE),
]
