"""Addresses of customers."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.customers import assets, consents, due, listing, merging, owners, profile, record
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
    path("customers/customers.csv", listing.download_csv, name="customers_csv"),
    path("customers/customers.xlsx", listing.download_xlsx, name="customers_xlsx"),
    path("customers/assets/", due.list_assets, name="customer_assets"),
    path("customers/assets/assets.csv", due.download_csv, name="customer_assets_csv"),
    path("customers/assets/assets.xlsx", due.download_xlsx, name="customer_assets_xlsx"),
    path("customers/new/", record.make_customer, name="customer_new"),
    path("customers/duplicates/", merging.list_duplicates, name="customer_duplicates"),
    path("customers/<int:customer_id>/merge/", merging.choose_other, name="customer_merge_other"),
    path("customers/<int:kept_id>/merge/<int:gone_id>/", merging.merge_pair, name="customer_merge"),
    path("customers/<int:kept_id>/apart/<int:gone_id>/", merging.keep_apart, name="customer_apart"),
    path("customers/merges/<int:merge_id>/undo/", merging.part_pair, name="customer_part"),
    path("customers/<int:customer_id>/", profile.show_customer, name="customer"),
    path("customers/<int:customer_id>/change/", record.change_record, name="customer_change"),
    path("customers/<int:customer_id>/assets/new/", assets.make_asset, name="customer_asset_new"),
    path("customers/<int:customer_id>/consents/", consents.show_consents, name="customer_consents"),
    path("customers/assets/<int:asset_id>/", assets.show_asset, name="customer_asset"),
    path("customers/assets/<int:asset_id>/change/", assets.change_known, name="customer_asset_change"),
    path("customers/assets/<int:asset_id>/reading/", assets.keep_reading, name="customer_asset_reading"),
    path("customers/assets/<int:asset_id>/due/", assets.keep_due, name="customer_due"),
    path("customers/assets/<int:asset_id>/due/<int:due_id>/done/", assets.finish, name="customer_due_done"),
    path("customers/assets/<int:asset_id>/due/<int:due_id>/back/", assets.reopen, name="customer_due_reopen"),
    path("customers/assets/<int:asset_id>/owner/", owners.change_owner, name="customer_asset_owner"),
    path("customers/assets/<int:asset_id>/archive/", owners.archive, name="customer_asset_archive"),
    path("customers/assets/<int:asset_id>/restore/", owners.restore, name="customer_asset_restore"),
]
