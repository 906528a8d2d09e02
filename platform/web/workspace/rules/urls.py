"""Addresses of limits."""

from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.crud.urls import make_urls
from web.workspace.files.urls import make_file_urls
from web.workspace.nav import SETTINGS, NavEntry, add_entries
from web.workspace.rules.files import RULE_FILE
from web.workspace.rules.pages import RULES

add_entries(
    NavEntry(
        key="rules",
        label=gettext_lazy("Limits"),
        icon="gauge",
        url_name="rules",
        permission=Permission.CATALOG_VIEW,
        position=78,
        belongs=("rules_",),
        parent=SETTINGS,
    )
)

urlpatterns = [*make_urls(RULES), *make_file_urls(RULE_FILE)]
