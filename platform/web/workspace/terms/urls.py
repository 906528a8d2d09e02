"""Addresses of what was agreed with the platform."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import SETTINGS, NavEntry, add_entries
from web.workspace.terms import views

add_entries(
    NavEntry(
        key="terms",
        label=gettext_lazy("Terms and agreement"),
        icon="scale",
        url_name="terms",
        # Whoever may end the agreement is who makes it.
        permission=Permission.BUSINESS_CLOSE,
        position=99,
        belongs=("terms_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("terms/", views.show_terms, name="terms"),
    path("terms/<int:number>.txt", views.download, name="terms_text"),
]
