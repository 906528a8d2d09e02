"""Addresses of customers."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.customers import listing, profile, record
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
    path("customers/new/", record.make_customer, name="customer_new"),
    path("customers/<int:customer_id>/", profile.show_customer, name="customer"),
    path("customers/<int:customer_id>/change/", record.change_record, name="customer_change"),
]
