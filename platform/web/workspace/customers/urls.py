"""Addresses of customers."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.customers import listing
from web.workspace.nav import NavEntry, add_entries

add_entries(
    NavEntry(
        key="customers",
        label=gettext_lazy("Customers"),
        icon="users-round",
        url_name="customers",
        permission=Permission.CUSTOMER_VIEW,
        position=32,
        belongs=("customer",),
    )
)

urlpatterns = [
    path("customers/", listing.list_customers, name="customers"),
]
