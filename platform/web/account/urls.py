"""Sign-in, sign-out, password reset and the second step, by django-allauth; no public sign-up."""

from allauth.account import views
from allauth.mfa.base import views as mfa_views
from django.urls import path, re_path

from edge.access import for_signed_in_people, open_to_anyone
from web.account import passkeys, security
from web.account.email_links import follow_email_link
from web.account.invitations import join
from web.account.views import ask_for_link, enter, set_password_by_link

urlpatterns = [
    path("login/", open_to_anyone(views.login), name="account_login"),
    # Closed by the adapter; the sign-in page asks for its address.
    path("signup/", open_to_anyone(views.signup), name="account_signup"),
    path("logout/", open_to_anyone(views.logout), name="account_logout"),
    # allauth sends whoever has a second step here after the password, by this name.
    path("second-step/", open_to_anyone(mfa_views.authenticate), name="mfa_authenticate"),
    path("passkey/", passkeys.sign_in, name="account_passkey"),
    path("security/", security.show_security, name="account_security"),
    path("security/on/", security.switch_on, name="account_second_step_on"),
    path("security/off/", security.switch_off, name="account_second_step_off"),
    path("security/codes/", security.renew_codes, name="account_recovery_codes"),
    path("entry/", enter, name="entry"),
    path("invitation/<str:token>/", join, name="account_invitation"),
    path("email-link/<str:token>/", follow_email_link, name="account_email_link"),
    path("inactive/", open_to_anyone(views.account_inactive), name="account_inactive"),
    path("reauthenticate/", for_signed_in_people(views.reauthenticate), name="account_reauthenticate"),
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
    path("password/change/", for_signed_in_people(views.password_change), name="account_change_password"),
    path("password/set/", for_signed_in_people(views.password_set), name="account_set_password"),
]
