"""Addresses of the pages about webhooks."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import SETTINGS, NavEntry, add_entries
from web.workspace.webhooks import views

add_entries(
    NavEntry(
        key="webhooks",
        label=gettext_lazy("Webhooks"),
        icon="webhook",
        url_name="webhooks",
        permission=Permission.SETTINGS_MANAGE,
        position=93,
        belongs=("webhooks_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("webhooks/", views.list_all, name="webhooks"),
    path("webhooks/new/", views.add, name="webhooks_new"),
    path("webhooks/<int:webhook_id>/", views.show, name="webhooks_one"),
    path("webhooks/<int:webhook_id>/change/", views.change, name="webhooks_change"),
    path("webhooks/<int:webhook_id>/again/<int:delivery_id>/", views.again, name="webhooks_again"),
    path("webhooks/<int:webhook_id>/secret/", views.secret, name="webhooks_secret"),
    path("webhooks/<int:webhook_id>/rotate/", views.rotate, name="webhooks_rotate"),
    path("webhooks/<int:webhook_id>/<slug:act>/", views.act, name="webhooks_act"),
]
