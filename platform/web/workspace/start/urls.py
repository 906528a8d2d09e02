"""Addresses of the booking page's state: a draft, or there for everybody."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import SETTINGS, NavEntry, add_entries
from web.workspace.start import views
from web.workspace.start.poster.views import show_code, show_poster

add_entries(
    NavEntry(
        key="page",
        label=gettext_lazy("Your page"),
        icon="globe",
        url_name="page",
        permission=Permission.SETTINGS_MANAGE,
        position=85,
        belongs=("page_",),
        parent=SETTINGS,
    )
)

urlpatterns = [
    path("page/", views.show_page, name="page"),
    path("page/publish/", views.publish, name="page_publish"),
    path("page/poster.pdf", show_poster, name="page_poster"),
    path("page/qr/<slug:kind>/", show_code, name="page_code"),
    path("page/samples/", views.drop_samples, name="page_samples"),
    path("page/tests/<int:booking_id>/delete/", views.remove_test, name="page_test_delete"),
    path("page/shared/", views.share, name="page_shared"),
    path("page/guide/end/", views.put_guide_away, name="page_guide_end"),
    path("page/unpublish/", views.unpublish, name="page_unpublish"),
]
