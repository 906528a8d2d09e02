"""Addresses of one's own account; the navigation leads there at its end, not by an entry."""

from django.urls import path

from web.workspace.own import passkeys, views

urlpatterns = [
    path("account/", views.show, name="own"),
    path("account/email/", views.change_email, name="own_email"),
    path("account/notices/", views.choose_notices, name="own_notices"),
    path("account/own-work/", views.choose_own_work, name="own_work"),
    path("account/sessions/", views.end_sessions, name="own_sessions"),
    path("account/passkeys/", passkeys.add, name="own_passkeys"),
    path("account/passkeys/<int:passkey_id>/remove/", passkeys.remove, name="own_passkey_remove"),
    path("account/leave/", views.leave, name="own_leave"),
]
