"""Who may do what, written by hand: every address, every method, every role.

Nothing here is read from the product: a permission that is wrong in the code is wrong here only
if somebody writes it here as well. A method that is not listed does not exist at that address.
"""

from __future__ import annotations

OWNER, MANAGER, RECEPTIONIST, PROVIDER, READ_ONLY = "owner", "manager", "receptionist", "provider", "read_only"
STRANGER, OPERATOR = "stranger", "operator"

STAFF = frozenset({OWNER, MANAGER, RECEPTIONIST, PROVIDER, READ_ONLY})
DESK = frozenset({OWNER, MANAGER, RECEPTIONIST})
OFFICE = frozenset({OWNER, MANAGER, RECEPTIONIST, READ_ONLY})
SETUP = frozenset({OWNER, MANAGER})
OWNERS = frozenset({OWNER})
ANYONE = STAFF | {STRANGER, OPERATOR}
OPERATORS = frozenset({OPERATOR})

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

Rights = dict[str, frozenset[str]]
"""Method → who may use it."""


def read(who: frozenset[str]) -> Rights:
    return {"GET": who, "HEAD": who}


def change(who: frozenset[str]) -> Rights:
    return {"POST": who}


def form(who: frozenset[str]) -> Rights:
    return read(who) | change(who)


ACCOUNT: dict[str, Rights] = {
    "accounts/login/": form(ANYONE),
    "accounts/signup/": form(ANYONE),
    "accounts/logout/": form(ANYONE),
    "accounts/entry/": form(ANYONE),
    "accounts/invitation/<str:token>/": form(ANYONE),
    "accounts/email-link/<str:token>/": form(ANYONE),
    "accounts/inactive/": read(ANYONE),
    "accounts/password/reset/": form(ANYONE),
    "accounts/password/reset/done/": read(ANYONE),
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": form(ANYONE),
    "accounts/password/reset/key/done/": read(ANYONE),
    "accounts/password/change/": form(STAFF | OPERATORS),
    "accounts/password/set/": form(STAFF | OPERATORS),
    "accounts/reauthenticate/": form(STAFF | OPERATORS),
    "accounts/second-step/": form(STAFF | OPERATORS),
    "accounts/passkey/": form(ANYONE),
    "accounts/security/": read(STAFF | OPERATORS),
    "accounts/security/on/": form(STAFF | OPERATORS),
    "accounts/security/off/": form(STAFF | OPERATORS),
    "accounts/security/codes/": form(STAFF | OPERATORS),
}

TENANT: dict[str, Rights] = {
    **ACCOUNT,
    "": read(ANYONE),
    "place/": read(ANYONE),
    "visit/": form(ANYONE),
    "visit/suggestions/": read(ANYONE),
    "time/": form(ANYONE),
    "details/": form(ANYONE),
    "verify/": form(ANYONE),
    "brand.css": read(ANYONE),
    "b/<str:token>/": read(ANYONE),
    "b/<str:token>/calendar.ics": read(ANYONE),
    "b/<str:token>/confirm/": change(ANYONE),
    "b/<str:token>/move/": form(ANYONE),
    "b/<str:token>/cancel/": form(ANYONE),
    "pictures/<uuid:key>/<int:width>.<slug:kind>": read(ANYONE),
    "workspace/pictures/<uuid:key>/<int:width>.<slug:kind>": read(STAFF),
    "workspace/pictures/<slug:kind>/<int:owner_id>/": form(SETUP),
    "workspace/pictures/<slug:kind>/<int:owner_id>/remove/": change(SETUP),
    "workspace/settings/business/": form(SETUP),
    "workspace/settings/business/history/": read(SETUP),
    "workspace/settings/business/measured/": read(SETUP),
    "workspace/settings/business/look.css": read(SETUP),
    "workspace/address/": read(SETUP),
    "workspace/address/change/": form(SETUP),
    "workspace/address/domain/": change(SETUP),
    "workspace/address/domain/check/": change(SETUP),
    "workspace/address/domain/remove/": change(SETUP),
    "workspace/": read(STAFF),
    "workspace/board/": read(STAFF),
    "workspace/live/": read(STAFF),
    "workspace/news/": read(STAFF),
    "workspace/page/": read(SETUP),
    "workspace/page/publish/": change(SETUP),
    "workspace/page/unpublish/": change(SETUP),
    "workspace/page/shared/": change(SETUP),
    "workspace/page/poster.pdf": read(SETUP),
    "workspace/page/qr/<slug:kind>/": read(SETUP),
    "workspace/page/samples/": form(SETUP),
    "workspace/page/tests/<int:booking_id>/delete/": change(SETUP),
    "workspace/page/guide/end/": change(SETUP),
    "workspace/bookings/": read(STAFF),
    "workspace/bookings/new/": form(DESK),
    "workspace/bookings/<int:booking_id>/": read(STAFF),
    "workspace/bookings/<int:booking_id>/move/": form(DESK),
    "workspace/bookings/<int:booking_id>/correct/": form(DESK),
    "workspace/bookings/<int:booking_id>/level/": form(DESK),
    "workspace/bookings/<int:booking_id>/undo/<slug:status>/": change(DESK),
    "workspace/bookings/<int:booking_id>/<slug:key>/": change(DESK),
    "workspace/services/": read(OFFICE),
    "workspace/services/new/": form(SETUP),
    "workspace/services/prices/": form(SETUP),
    "workspace/services/file/": form(SETUP),
    "workspace/services/file/services.csv": read(SETUP),
    "workspace/services/starter/": change(SETUP),
    "workspace/services/<int:row_id>/": form(SETUP),
    "workspace/services/<int:row_id>/copy/": change(SETUP),
    "workspace/services/<int:row_id>/row/": read(SETUP),
    "workspace/services/<int:row_id>/price/": form(SETUP),
    "workspace/services/<int:row_id>/online/": change(SETUP),
    "workspace/services/<int:row_id>/offline/": change(SETUP),
    "workspace/services/<int:row_id>/archive/": change(SETUP),
    "workspace/services/<int:row_id>/restore/": change(SETUP),
    "workspace/services/<int:row_id>/delete/": change(SETUP),
    "workspace/services/<int:row_id>/history/": read(SETUP),
    "workspace/resources/": read(OFFICE),
    "workspace/resources/new/": form(SETUP),
    "workspace/resources/<int:row_id>/": form(SETUP),
    "workspace/resources/<int:row_id>/archive/": change(SETUP),
    "workspace/resources/<int:row_id>/restore/": change(SETUP),
    "workspace/resources/<int:row_id>/delete/": change(SETUP),
    "workspace/resources/<int:row_id>/history/": read(SETUP),
    "workspace/resources/<int:row_id>/copy/": form(SETUP),
    "workspace/resources/turns/": read(OFFICE),
    "workspace/resources/turns/<int:row_id>/": change(SETUP),
    "workspace/resource_types/": read(OFFICE),
    "workspace/resource_types/new/": form(SETUP),
    "workspace/resource_types/<int:row_id>/": form(SETUP),
    "workspace/resource_types/<int:row_id>/archive/": change(SETUP),
    "workspace/resource_types/<int:row_id>/restore/": change(SETUP),
    "workspace/resource_types/<int:row_id>/delete/": change(SETUP),
    "workspace/resource_types/<int:row_id>/history/": read(SETUP),
    "workspace/days/": read(OFFICE),
    "workspace/days/new/": form(SETUP),
    "workspace/days/holiday/": change(SETUP),
    "workspace/days/<slug:kind>/<int:row_id>/": form(SETUP),
    "workspace/hours/": read(OFFICE),
    "workspace/hours/draw/": change(SETUP),
    "workspace/hours/save/": change(SETUP),
    "workspace/hours/of/<slug:key>/": form(SETUP),
    "workspace/locations/": read(OFFICE),
    "workspace/locations/new/": form(SETUP),
    "workspace/locations/<int:row_id>/": form(SETUP),
    "workspace/locations/<int:row_id>/archive/": change(SETUP),
    "workspace/locations/<int:row_id>/restore/": change(SETUP),
    "workspace/locations/<int:row_id>/delete/": change(SETUP),
    "workspace/locations/<int:row_id>/history/": read(SETUP),
    "workspace/account/": form(STAFF),
    "workspace/account/email/": form(STAFF),
    "workspace/account/notices/": change(SETUP),
    "workspace/account/own-work/": change(STAFF),
    "workspace/account/sessions/": change(STAFF),
    "workspace/account/passkeys/": form(STAFF),
    "workspace/account/passkeys/<int:passkey_id>/remove/": change(STAFF),
    "workspace/account/leave/": form(STAFF),
    "workspace/rules/": read(OFFICE),
    "workspace/rules/new/": form(SETUP),
    "workspace/rules/<int:row_id>/": form(SETUP),
    "workspace/rules/<int:row_id>/archive/": change(SETUP),
    "workspace/rules/<int:row_id>/restore/": change(SETUP),
    "workspace/rules/<int:row_id>/delete/": change(SETUP),
    "workspace/rules/<int:row_id>/history/": read(SETUP),
    "workspace/people/": read(OWNERS),
    "workspace/people/invite/": form(OWNERS),
    "workspace/people/invitations/<int:invitation_id>/again/": change(OWNERS),
    "workspace/people/invitations/<int:invitation_id>/revoke/": change(OWNERS),
    "workspace/people/<int:person_id>/": form(OWNERS),
    "workspace/people/<int:person_id>/second-step/": form(OWNERS),
    "workspace/people/<int:person_id>/hand-over/": form(OWNERS),
    "workspace/people/<int:person_id>/deactivate/": change(OWNERS),
    "workspace/people/<int:person_id>/reactivate/": change(OWNERS),
    "workspace/people/<int:person_id>/password/": change(OWNERS),
    "workspace/people/<int:person_id>/sessions/": change(OWNERS),
    "api/v1/schema": read(ANYONE),
    "api/v1/schema/": read(ANYONE),
    "api/v1/docs": read(ANYONE),
    "api/v1/docs/": read(ANYONE),
    "api/v1/business": read(ANYONE),
    "api/v1/services": read(ANYONE),
    "api/v1/resources": read(ANYONE),
    "api/v1/availability": read(ANYONE),
    "api/v1/availability/explain": read(STAFF),
    "api/v1/holds": change(ANYONE),
    "api/v1/holds/<str:hold_id>": {"DELETE": ANYONE},
    "api/v1/bookings": change(ANYONE),
    "api/v1/bookings/<str:booking_id>/undo": change(DESK),
    "api/v1/bookings/<str:booking_id>/correct": change(DESK),
    "api/v1/manage/<str:token>": read(ANYONE),
    "api/v1/manage/<str:token>/confirm": change(ANYONE),
    "api/v1/manage/<str:token>/reschedule": change(ANYONE),
    "api/v1/manage/<str:token>/cancel": change(ANYONE),
    "api/v1/manage/<str:token>/calendar.ics": read(ANYONE),
}

PLATFORM: dict[str, Rights] = {
    **ACCOUNT,
    "": read(ANYONE),
    "prices/": read(ANYONE),
    "sign-in/": form(ANYONE),
    "sign-in/mail/": form(ANYONE),
    "carrier/sms/": change(ANYONE),
    "legal/<slug:document>/": read(ANYONE),
    "legal/<slug:document>/<slug:version>/": read(ANYONE),
    "sign-up/": form(ANYONE),
    "sign-up/check-slug/": read(ANYONE),
    "sign-up/verify/<str:token>/": form(ANYONE),
    "sign-up/progress/<str:token>/": read(ANYONE),
    "sign-up/progress/<str:token>/status/": read(ANYONE),
    "sign-up/progress/<str:token>/again/": change(ANYONE),
    "sign-up/progress/<str:token>/mail/": form(ANYONE),
    "operator/": read(OPERATORS),
    "operator/log/": read(OPERATORS),
    "operator/tenants/<slug:schema_name>/": read(OPERATORS),
    "operator/tenants/<slug:schema_name>/<slug:key>/": form(OPERATORS),
}
