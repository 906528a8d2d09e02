"""Sign-in, sign-out and password reset, by django-allauth; no public sign-up."""

from allauth.account import views
from django.urls import path, re_path

from edge.access import open_to_anyone
from web.account.views import ask_for_link, enter, set_password_by_link

urlpatterns = [
    path("login/", open_to_anyone(views.login), name="account_login"),
    # Closed by the adapter; the sign-in page asks for its address.
    path("signup/", open_to_anyone(views.signup), name="account_signup"),
    path("logout/", open_to_anyone(views.logout), name="account_logout"),
    path("entry/", enter, name="entry"),
    path("inactive/", open_to_anyone(views.account_inactive), name="account_inactive"),
    path("reauthenticate/", open_to_anyone(views.reauthenticate), name="account_reauthenticate"),
    path("password/reset/", ask_for_link, name="account_reset_password"),
    path("password/reset/done/", open_to_anyone(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        set_password_by_link,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        open_to_anyone(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("password/change/", open_to_anyone(views.password_change), name="account_change_password"),
    path("password/set/", open_to_anyone(views.password_set), name="account_set_password"),
]
