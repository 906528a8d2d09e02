"""Every address of both hosts is asked for by everybody: nothing breaks, and doors are as open as they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import ApiKey, User
from edge.access import OPEN, find_permission
from scheduling.models import (
    AssetDue,
    Booking,
    CapacityRule,
    DateOverride,
    Location,
    Resource,
    ResourceType,
    WaitlistEntry,
)
from scheduling.services.customers.records import create_customer
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.types import SYSTEM, CustomerDetails, CustomerSetup, VisitDetails, WaitlistWish, Wish
from tenants.models import SignUp
from tenants.services.sign_up import make_verify_token, start_sign_up
from tests.conftest import HostClient, make_details
from tests.factories.accounts import invite, make_key, make_operator, sign_in_fully
from tests.factories.billing import pay, want
from tests.factories.bulk import make_done_act
from tests.factories.imports import make_checked_import
from tests.factories.privacy import make_blocked, make_incident, make_request
from tests.factories.scheduling import CAR
from tests.factories.webhooks import make_webhook

TENANT, PLATFORM = settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF
METHODS = ("GET", "POST")
RESET_KEY = r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"

SAMPLES = {
    "workspace/bookings/<int:booking_id>/": "workspace/bookings/{booking}/",
    "workspace/mine/<int:booking_id>/late/": "workspace/mine/{booking}/late/",
    "workspace/mine/<int:booking_id>/<slug:key>/": "workspace/mine/{booking}/start/",
    "workspace/page/qr/<slug:kind>/": "workspace/page/qr/svg/",
    "workspace/page/tests/<int:booking_id>/delete/": "workspace/page/tests/{booking}/delete/",
    "workspace/bookings/<int:booking_id>/move/": "workspace/bookings/{booking}/move/",
    "workspace/bookings/<int:booking_id>/change/": "workspace/bookings/{booking}/change/",
    "workspace/bookings/<int:booking_id>/length/": "workspace/bookings/{booking}/length/",
    "workspace/bookings/<int:booking_id>/fit/": "workspace/bookings/{booking}/fit/?shift=0",
    "workspace/bookings/<int:booking_id>/payments/new/": "workspace/bookings/{booking}/payments/new/",
    "workspace/bookings/<int:booking_id>/payments/ask/": "workspace/bookings/{booking}/payments/ask/",
    "workspace/bookings/<int:booking_id>/payments/invoice/": "workspace/bookings/{booking}/payments/invoice/",
    "workspace/bookings/<int:booking_id>/fee/charge/": "workspace/bookings/{booking}/fee/charge/",
    "workspace/bookings/<int:booking_id>/fee/waive/": "workspace/bookings/{booking}/fee/waive/",
    "workspace/bookings/<int:booking_id>/refunds/<int:refund_id>/sent/": "workspace/bookings/{booking}/refunds/1/sent/",
    "workspace/bookings/<int:booking_id>/refunds/<int:refund_id>/credit/": (
        "workspace/bookings/{booking}/refunds/1/credit/"
    ),
    "workspace/bookings/<int:booking_id>/payments/credit/": "workspace/bookings/{booking}/payments/credit/",
    "workspace/payments/<int:payment_id>/credits/<int:credit_id>/back/": "workspace/payments/{payment}/credits/1/back/",
    "workspace/reports/bookings.csv": "workspace/reports/bookings.csv?from=2026-01-01&to=2026-01-31",
    "workspace/reports/bookings.xlsx": "workspace/reports/bookings.xlsx?from=2026-01-01&to=2026-01-31",
    "workspace/reports/<slug:table>.csv": "workspace/reports/days.csv",
    "workspace/reports/<slug:table>.xlsx": "workspace/reports/days.xlsx",
    "workspace/payments/invoices/<int:invoice_id>/": "workspace/payments/invoices/{invoice}/",
    "workspace/payments/invoices/<int:invoice_id>/issued/": "workspace/payments/invoices/{invoice}/issued/",
    "workspace/payments/invoices/<int:invoice_id>/refused/": "workspace/payments/invoices/{invoice}/refused/",
    "workspace/payments/differences/<int:difference_id>/settled/": "workspace/payments/differences/1/settled/",
    "workspace/payments/<int:payment_id>/": "workspace/payments/{payment}/",
    "workspace/payments/<int:payment_id>/receipt.pdf": "workspace/payments/{payment}/receipt.pdf",
    "workspace/payments/<int:payment_id>/disputes/<int:dispute_id>/evidence.pdf": (
        "workspace/payments/{payment}/disputes/1/evidence.pdf"
    ),
    "workspace/payments/<int:payment_id>/disputes/<int:dispute_id>/answer/": (
        "workspace/payments/{payment}/disputes/1/answer/"
    ),
    "workspace/payments/<int:payment_id>/disputes/<int:dispute_id>/accept/": (
        "workspace/payments/{payment}/disputes/1/accept/"
    ),
    "workspace/payments/<int:payment_id>/refund/": "workspace/payments/{payment}/refund/",
    "workspace/bookings/<int:booking_id>/correct/": "workspace/bookings/{booking}/correct/",
    "workspace/bookings/<int:booking_id>/level/": "workspace/bookings/{booking}/level/",
    "workspace/bookings/<int:booking_id>/undo/<slug:status>/": "workspace/bookings/{booking}/undo/arrived/",
    "workspace/bookings/<int:booking_id>/undo-following/": "workspace/bookings/{booking}/undo-following/",
    "workspace/bookings/<int:booking_id>/pause/": "workspace/bookings/{booking}/pause/",
    "workspace/bookings/<int:booking_id>/resume/": "workspace/bookings/{booking}/resume/",
    "workspace/bookings/<int:booking_id>/late/": "workspace/bookings/{booking}/late/",
    "workspace/bookings/<int:booking_id>/notes/": "workspace/bookings/{booking}/notes/",
    "workspace/bookings/<int:booking_id>/<slug:key>/": "workspace/bookings/{booking}/arrive/",
    "workspace/resources/<int:row_id>/": "workspace/resources/{resource}/",
    "workspace/resources/<int:row_id>/archive/": "workspace/resources/{resource}/archive/",
    "workspace/resources/<int:row_id>/restore/": "workspace/resources/{resource}/restore/",
    "workspace/resources/<int:row_id>/delete/": "workspace/resources/{resource}/delete/",
    "workspace/resources/<int:row_id>/history/": "workspace/resources/{resource}/history/",
    "workspace/days/<slug:kind>/<int:row_id>/": "workspace/days/hours/{special_day}/",
    "workspace/hours/of/<slug:key>/": "workspace/hours/of/r{resource}/",
    "workspace/locations/<int:row_id>/": "workspace/locations/{location}/",
    "workspace/locations/<int:row_id>/archive/": "workspace/locations/{location}/archive/",
    "workspace/locations/<int:row_id>/restore/": "workspace/locations/{location}/restore/",
    "workspace/locations/<int:row_id>/delete/": "workspace/locations/{location}/delete/",
    "workspace/locations/<int:row_id>/history/": "workspace/locations/{location}/history/",
    "workspace/services/<int:row_id>/": "workspace/services/{service}/",
    "workspace/services/<int:row_id>/copy/": "workspace/services/{service}/copy/",
    "workspace/services/<int:row_id>/row/": "workspace/services/{service}/row/",
    "workspace/services/<int:row_id>/price/": "workspace/services/{service}/price/",
    "workspace/services/<int:row_id>/online/": "workspace/services/{service}/online/",
    "workspace/services/<int:row_id>/offline/": "workspace/services/{service}/offline/",
    "workspace/services/<int:row_id>/archive/": "workspace/services/{service}/archive/",
    "workspace/services/<int:row_id>/restore/": "workspace/services/{service}/restore/",
    "workspace/services/<int:row_id>/delete/": "workspace/services/{service}/delete/",
    "workspace/services/<int:row_id>/history/": "workspace/services/{service}/history/",
    "workspace/rules/<int:row_id>/": "workspace/rules/{rule}/",
    "workspace/rules/<int:row_id>/archive/": "workspace/rules/{rule}/archive/",
    "workspace/rules/<int:row_id>/restore/": "workspace/rules/{rule}/restore/",
    "workspace/rules/<int:row_id>/delete/": "workspace/rules/{rule}/delete/",
    "workspace/rules/<int:row_id>/history/": "workspace/rules/{rule}/history/",
    "workspace/resources/turns/<int:row_id>/": "workspace/resources/turns/{service}/",
    "workspace/resources/<int:row_id>/copy/": "workspace/resources/{resource}/copy/",
    "workspace/resource_types/<int:row_id>/": "workspace/resource_types/{resource_type}/",
    "workspace/resource_types/<int:row_id>/archive/": "workspace/resource_types/{resource_type}/archive/",
    "workspace/resource_types/<int:row_id>/restore/": "workspace/resource_types/{resource_type}/restore/",
    "workspace/resource_types/<int:row_id>/delete/": "workspace/resource_types/{resource_type}/delete/",
    "workspace/resource_types/<int:row_id>/history/": "workspace/resource_types/{resource_type}/history/",
    "workspace/people/<int:person_id>/": "workspace/people/{person}/",
    "workspace/people/<int:person_id>/second-step/": "workspace/people/{person}/second-step/",
    "workspace/people/<int:person_id>/hand-over/": "workspace/people/{person}/hand-over/",
    "workspace/people/<int:person_id>/deactivate/": "workspace/people/{person}/deactivate/",
    "workspace/people/<int:person_id>/reactivate/": "workspace/people/{person}/reactivate/",
    "workspace/people/<int:person_id>/password/": "workspace/people/{person}/password/",
    "workspace/people/<int:person_id>/sessions/": "workspace/people/{person}/sessions/",
    "workspace/people/invitations/<int:invitation_id>/again/": "workspace/people/invitations/{invitation}/again/",
    "workspace/people/invitations/<int:invitation_id>/revoke/": "workspace/people/invitations/{invitation}/revoke/",
    "workspace/account/passkeys/<int:passkey_id>/remove/": "workspace/account/passkeys/1/remove/",
    "pictures/<uuid:key>/<int:width>.<slug:kind>": "pictures/11111111-1111-4111-8111-111111111111/96.webp",
    "workspace/pictures/<uuid:key>/<int:width>.<slug:kind>": (
        "workspace/pictures/11111111-1111-4111-8111-111111111111/96.webp"
    ),
    "workspace/changes/<uuid:key>/progress/": "workspace/changes/11111111-1111-4111-8111-111111111111/progress/",
    "feeds/<str:token>/calendar.ics": "feeds/no-token/calendar.ics",
    "workspace/account/calendar/<int:feed_id>/revoke/": "workspace/account/calendar/1/revoke/",
    "workspace/feeds/<int:feed_id>/revoke/": "workspace/feeds/1/revoke/",
    "workspace/webhooks/<int:webhook_id>/": "workspace/webhooks/{webhook}/",
    "workspace/webhooks/<int:webhook_id>/change/": "workspace/webhooks/{webhook}/change/",
    "workspace/webhooks/<int:webhook_id>/again/<int:delivery_id>/": "workspace/webhooks/{webhook}/again/1/",
    "workspace/webhooks/<int:webhook_id>/secret/": "workspace/webhooks/{webhook}/secret/",
    "workspace/webhooks/<int:webhook_id>/rotate/": "workspace/webhooks/{webhook}/rotate/",
    "workspace/webhooks/<int:webhook_id>/<slug:act>/": "workspace/webhooks/{webhook}/remove/",
    "workspace/imports/<uuid:key>/": "workspace/imports/{import}/",
    "workspace/imports/<uuid:key>/columns/": "workspace/imports/{import}/columns/",
    "workspace/imports/<uuid:key>/rows.csv": "workspace/imports/{import}/rows.csv",
    "workspace/imports/<uuid:key>/rows/<int:number>/": "workspace/imports/{import}/rows/2/",
    "workspace/imports/<uuid:key>/<slug:act>/": "workspace/imports/{import}/start/",
    "workspace/bulk/together/": "workspace/bulk/together/?booking={booking}",
    "workspace/bulk/<uuid:key>/": "workspace/bulk/{bulk}/",
    "workspace/bulk/<uuid:key>/undo/": "workspace/bulk/{bulk}/undo/",
    "workspace/data/<uuid:key>/": "workspace/data/11111111-1111-4111-8111-111111111111/",
    "workspace/pictures/<slug:kind>/<int:owner_id>/": "workspace/pictures/resource/{resource}/",
    "workspace/pictures/<slug:kind>/<int:owner_id>/remove/": "workspace/pictures/resource/{resource}/remove/",
    "accounts/email-link/<str:token>/": "accounts/email-link/no-token/",
    "accounts/invitation/<str:token>/": "accounts/invitation/{joining}/",
    "api/v1/holds/<str:hold_id>": "api/v1/holds/{hold}",
    "api/v1/holds/<str:hold_id>/extension": "api/v1/holds/{hold}/extension",
    "api/v1/photos/<str:photo_set>": "api/v1/photos/no-set",
    "api/v1/photos/<str:photo_set>/<str:photo_id>": "api/v1/photos/no-set/1",
    "api/v1/bookings/<str:booking_id>": "api/v1/bookings/{booking}",
    "api/v1/bookings/<str:booking_id>/confirm": "api/v1/bookings/{booking}/confirm",
    "api/v1/bookings/<str:booking_id>/decline": "api/v1/bookings/{booking}/decline",
    "api/v1/bookings/<str:booking_id>/cancel": "api/v1/bookings/{booking}/cancel",
    "api/v1/bookings/<str:booking_id>/cancel_following": "api/v1/bookings/{booking}/cancel_following",
    "api/v1/bookings/<str:booking_id>/undo_following": "api/v1/bookings/{booking}/undo_following",
    "api/v1/bookings/<str:booking_id>/arrive": "api/v1/bookings/{booking}/arrive",
    "api/v1/bookings/<str:booking_id>/start": "api/v1/bookings/{booking}/start",
    "api/v1/bookings/<str:booking_id>/pause": "api/v1/bookings/{booking}/pause",
    "api/v1/bookings/<str:booking_id>/resume": "api/v1/bookings/{booking}/resume",
    "api/v1/bookings/<str:booking_id>/delay": "api/v1/bookings/{booking}/delay",
    "api/v1/bookings/<str:booking_id>/complete": "api/v1/bookings/{booking}/complete",
    "api/v1/bookings/<str:booking_id>/no_show": "api/v1/bookings/{booking}/no_show",
    "api/v1/bookings/<str:booking_id>/charge_fee": "api/v1/bookings/{booking}/charge_fee",
    "api/v1/bookings/<str:booking_id>/waive_fee": "api/v1/bookings/{booking}/waive_fee",
    "api/v1/bookings/<str:booking_id>/reschedule": "api/v1/bookings/{booking}/reschedule",
    "api/v1/bookings/<str:booking_id>/change": "api/v1/bookings/{booking}/change",
    "api/v1/bookings/<str:booking_id>/change/preview": "api/v1/bookings/{booking}/change/preview",
    "api/v1/bookings/<str:booking_id>/reassign": "api/v1/bookings/{booking}/reassign",
    "api/v1/bookings/<str:booking_id>/messages": "api/v1/bookings/{booking}/messages",
    "api/v1/customers/<str:customer_id>/consents": "api/v1/customers/{customer}/consents",
    "workspace/customers/<int:customer_id>/consents/": "workspace/customers/{customer}/consents/",
    "c/<str:token>/": "c/no-token/",
    "privacy/<slug:version>/": "privacy/0123456789abcdef/",
    "c/<str:token>/end/<slug:purpose>/": "c/no-token/end/feedback/",
    "api/v1/visits/<str:token>/consents": "api/v1/visits/no-token/consents",
    "api/v1/customers/<str:customer_id>": "api/v1/customers/{customer}",
    "api/v1/assets/<str:asset_id>": "api/v1/assets/{asset}",
    "api/v1/assets/<str:asset_id>/owners": "api/v1/assets/{asset}/owners",
    "api/v1/assets/<str:asset_id>/archive": "api/v1/assets/{asset}/archive",
    "api/v1/assets/<str:asset_id>/restore": "api/v1/assets/{asset}/restore",
    "api/v1/series/<str:series_id>": "api/v1/series/1",
    "api/v1/feedback/<str:booking_id>": "api/v1/feedback/{booking}",
    "api/v1/feedback/<str:booking_id>/answer": "api/v1/feedback/{booking}/answer",
    "api/v1/feedback/<str:booking_id>/hide": "api/v1/feedback/{booking}/hide",
    "api/v1/feedback/<str:booking_id>/show": "api/v1/feedback/{booking}/show",
    "api/v1/waitlist/<str:entry_id>": "api/v1/waitlist/{entry}",
    "api/v1/privacy_requests/<str:request_id>": "api/v1/privacy_requests/{person_request}",
    "api/v1/privacy_requests/<str:request_id>/choose": "api/v1/privacy_requests/{person_request}/choose",
    "api/v1/privacy_requests/<str:request_id>/identify": "api/v1/privacy_requests/{person_request}/identify",
    "api/v1/privacy_requests/<str:request_id>/extend": "api/v1/privacy_requests/{person_request}/extend",
    "api/v1/privacy_requests/<str:request_id>/grant": "api/v1/privacy_requests/{person_request}/grant",
    "api/v1/privacy_requests/<str:request_id>/refuse": "api/v1/privacy_requests/{person_request}/refuse",
    "api/v1/privacy_requests/<str:request_id>/finish": "api/v1/privacy_requests/{person_request}/finish",
    "api/v1/privacy_requests/<str:request_id>/withdraw": "api/v1/privacy_requests/{person_request}/withdraw",
    "api/v1/privacy_requests/<str:request_id>/erase": "api/v1/privacy_requests/{person_request}/erase",
    "api/v1/privacy_requests/<str:request_id>/export": "api/v1/privacy_requests/{person_request}/export",
    "api/v1/privacy_requests/<str:request_id>/file": "api/v1/privacy_requests/{person_request}/file",
    "api/v1/invoices/<str:invoice_id>": "api/v1/invoices/{invoice}",
    "api/v1/invoices/<str:invoice_id>/issue": "api/v1/invoices/{invoice}/issue",
    "api/v1/invoices/<str:invoice_id>/refuse": "api/v1/invoices/{invoice}/refuse",
    "api/v1/bookings/<str:booking_id>/invoice": "api/v1/bookings/{booking}/invoice",
    "api/v1/payments/<str:payment_id>": "api/v1/payments/{payment}",
    "api/v1/payments/<str:payment_id>/refund": "api/v1/payments/{payment}/refund",
    "api/v1/locations/<str:row_id>": "api/v1/locations/{location}",
    "api/v1/locations/<str:row_id>/archive": "api/v1/locations/{location}/archive",
    "api/v1/locations/<str:row_id>/restore": "api/v1/locations/{location}/restore",
    "api/v1/resource_types/<str:row_id>": "api/v1/resource_types/{resource_type}",
    "api/v1/resource_types/<str:row_id>/archive": "api/v1/resource_types/{resource_type}/archive",
    "api/v1/resource_types/<str:row_id>/restore": "api/v1/resource_types/{resource_type}/restore",
    "api/v1/capacity_rules/<str:row_id>": "api/v1/capacity_rules/{rule}",
    "api/v1/capacity_rules/<str:row_id>/archive": "api/v1/capacity_rules/{rule}/archive",
    "api/v1/capacity_rules/<str:row_id>/restore": "api/v1/capacity_rules/{rule}/restore",
    "api/v1/add_ons/<str:row_id>": "api/v1/add_ons/1",
    "api/v1/add_ons/<str:row_id>/archive": "api/v1/add_ons/1/archive",
    "api/v1/add_ons/<str:row_id>/restore": "api/v1/add_ons/1/restore",
    "api/v1/resources/<str:row_id>": "api/v1/resources/{resource}",
    "api/v1/resources/<str:row_id>/archive": "api/v1/resources/{resource}/archive",
    "api/v1/resources/<str:row_id>/restore": "api/v1/resources/{resource}/restore",
    "api/v1/services/<str:row_id>": "api/v1/services/{service}",
    "api/v1/date_overrides/<str:row_id>": "api/v1/date_overrides/{special_day}",
    "api/v1/date_overrides/<str:row_id>/archive": "api/v1/date_overrides/{special_day}/archive",
    "api/v1/date_overrides/<str:row_id>/restore": "api/v1/date_overrides/{special_day}/restore",
    "api/v1/time_off/<str:row_id>": "api/v1/time_off/1",
    "api/v1/time_off/<str:row_id>/archive": "api/v1/time_off/1/archive",
    "api/v1/time_off/<str:row_id>/restore": "api/v1/time_off/1/restore",
    "api/v1/locations/<str:row_id>/working_hours": "api/v1/locations/{location}/working_hours",
    "api/v1/resources/<str:row_id>/working_hours": "api/v1/resources/{resource}/working_hours",
    "api/v1/webhooks/<str:webhook_id>": "api/v1/webhooks/{webhook}",
    "api/v1/webhooks/<str:webhook_id>/on": "api/v1/webhooks/{webhook}/on",
    "api/v1/webhooks/<str:webhook_id>/off": "api/v1/webhooks/{webhook}/off",
    "api/v1/webhooks/<str:webhook_id>/rotate": "api/v1/webhooks/{webhook}/rotate",
    "api/v1/webhooks/<str:webhook_id>/test": "api/v1/webhooks/{webhook}/test",
    "api/v1/webhooks/<str:webhook_id>/secret": "api/v1/webhooks/{webhook}/secret",
    "api/v1/webhooks/<str:webhook_id>/deliveries": "api/v1/webhooks/{webhook}/deliveries",
    "api/v1/webhooks/<str:webhook_id>/deliveries/<str:delivery_id>/again": (
        "api/v1/webhooks/{webhook}/deliveries/1/again"
    ),
    "api/v1/services/<str:row_id>/archive": "api/v1/services/{service}/archive",
    "api/v1/services/<str:row_id>/restore": "api/v1/services/{service}/restore",
    "api/v1/bookings/<str:booking_id>/undo": "api/v1/bookings/{booking}/undo",
    "api/v1/bookings/<str:booking_id>/correct": "api/v1/bookings/{booking}/correct",
    "api/v1/manage/<str:token>": "api/v1/manage/{token}",
    "api/v1/manage/<str:token>/confirm": "api/v1/manage/{token}/confirm",
    "api/v1/manage/<str:token>/reschedule": "api/v1/manage/{token}/reschedule",
    "api/v1/manage/<str:token>/change": "api/v1/manage/{token}/change",
    "api/v1/manage/<str:token>/change/preview": "api/v1/manage/{token}/change/preview",
    "api/v1/manage/<str:token>/cancel": "api/v1/manage/{token}/cancel",
    "api/v1/manage/<str:token>/cancel_following": "api/v1/manage/{token}/cancel_following",
    "api/v1/manage/<str:token>/pay_with_credit": "api/v1/manage/{token}/pay_with_credit",
    "api/v1/manage/<str:token>/feedback": "api/v1/manage/{token}/feedback",
    "api/v1/manage/<str:token>/feedback/publish": "api/v1/manage/{token}/feedback/publish",
    "api/v1/manage/<str:token>/messages": "api/v1/manage/{token}/messages",
    "api/v1/manage/<str:token>/data": "api/v1/manage/{token}/data",
    "api/v1/manage/<str:token>/data_requests": "api/v1/manage/{token}/data_requests",
    "api/v1/manage/<str:token>/calendar.ics": "api/v1/manage/{token}/calendar.ics",
    "workspace/keys/<int:key_id>/revoke/": "workspace/keys/{key}/revoke/",
    "operator/ideas/<int:idea_id>/": "operator/ideas/1/",
    "workspace/terms/<int:number>.txt": "workspace/terms/1.txt",
    "workspace/voices/<int:booking_id>/answer/": "workspace/voices/{booking}/answer/",
    "workspace/voices/<int:booking_id>/hide/": "workspace/voices/{booking}/hide/",
    "workspace/voices/<int:booking_id>/show/": "workspace/voices/{booking}/show/",
    "workspace/voices/<int:booking_id>/message/": "workspace/voices/{booking}/message/",
    "workspace/voices/<int:booking_id>/settle/": "workspace/voices/{booking}/settle/",
    "workspace/voices/requests/<int:request_id>/": "workspace/voices/requests/1/",
    "b/<str:token>/feedback/": "b/{token}/feedback/",
    "b/<str:token>/feedback/publish/": "b/{token}/feedback/publish/",
    "b/<str:token>/messages/": "b/{token}/messages/",
    "b/<str:token>/data/": "b/{token}/data/",
    "b/<str:token>/data/own-data.json": "b/{token}/data/own-data.json",
    "data/<str:token>/": "data/no-token/",
    "data/<str:token>/file/": "data/no-token/file/",
    "workspace/privacy/incidents/<int:incident_id>/": "workspace/privacy/incidents/{incident}/",
    "workspace/privacy/incidents/<int:incident_id>/<slug:act>/": "workspace/privacy/incidents/{incident}/assess/",
    "workspace/privacy/<int:request_id>/file/": "workspace/privacy/{person_request}/file/",
    "workspace/privacy/<int:request_id>/": "workspace/privacy/{person_request}/",
    "workspace/privacy/blocked/<int:blocked_id>/": "workspace/privacy/blocked/{blocked}/",
    "workspace/privacy/blocked/<int:blocked_id>/file/": "workspace/privacy/blocked/{blocked}/file/",
    "workspace/privacy/<int:request_id>/<slug:act>/": "workspace/privacy/{person_request}/agree/",
    "w/<str:token>/": "w/{waiting}/",
    "w/<str:token>/accept/": "w/{waiting}/accept/",
    "w/<str:token>/decline/": "w/{waiting}/decline/",
    "w/<str:token>/leave/": "w/{waiting}/leave/",
    "workspace/customers/<int:customer_id>/": "workspace/customers/{customer}/",
    "workspace/customers/<int:customer_id>/merge/": "workspace/customers/{customer}/merge/",
    "workspace/customers/<int:kept_id>/merge/<int:gone_id>/": "workspace/customers/{customer}/merge/{twin}/",
    "workspace/customers/<int:kept_id>/apart/<int:gone_id>/": "workspace/customers/{customer}/apart/{twin}/",
    "workspace/customers/merges/<int:merge_id>/undo/": "workspace/customers/merges/1/undo/",
    "workspace/customers/<int:customer_id>/assets/new/": "workspace/customers/{customer}/assets/new/",
    "workspace/customers/assets/<int:asset_id>/": "workspace/customers/assets/{asset}/",
    "workspace/customers/assets/<int:asset_id>/change/": "workspace/customers/assets/{asset}/change/",
    "workspace/customers/assets/<int:asset_id>/reading/": "workspace/customers/assets/{asset}/reading/",
    "workspace/customers/assets/<int:asset_id>/due/": "workspace/customers/assets/{asset}/due/",
    "workspace/customers/assets/<int:asset_id>/due/<int:due_id>/done/": (
        "workspace/customers/assets/{asset}/due/{due}/done/"
    ),
    "workspace/customers/assets/<int:asset_id>/due/<int:due_id>/back/": (
        "workspace/customers/assets/{asset}/due/{due}/back/"
    ),
    "workspace/customers/assets/<int:asset_id>/owner/": "workspace/customers/assets/{asset}/owner/",
    "workspace/customers/assets/<int:asset_id>/archive/": "workspace/customers/assets/{asset}/archive/",
    "workspace/customers/assets/<int:asset_id>/restore/": "workspace/customers/assets/{asset}/restore/",
    "workspace/customers/<int:customer_id>/change/": "workspace/customers/{customer}/change/",
    "workspace/waitlist/<int:entry_id>/remove/": "workspace/waitlist/{entry}/remove/",
    "b/<str:token>/": "b/{token}/",
    "b/<str:token>/calendar.ics": "b/{token}/calendar.ics",
    "b/<str:token>/confirm/": "b/{token}/confirm/",
    "b/<str:token>/receipt/": "b/{token}/receipt/",
    "b/<str:token>/invoice/": "b/{token}/invoice/",
    "b/<str:token>/invoice/withdraw/": "b/{token}/invoice/withdraw/",
    "b/<str:token>/pay/": "b/{token}/pay/",
    "b/<str:token>/pay/credit/": "b/{token}/pay/credit/",
    "b/<str:token>/refunds/credit/": "b/{token}/refunds/credit/",
    "visits/<str:token>/pay/<int:booking_id>/": "visits/no-token/pay/{booking}/",
    "b/<str:token>/paid/": "b/{token}/paid/",
    "b/<str:token>/receipt.pdf": "b/{token}/receipt.pdf",
    "b/<str:token>/paid/status/": "b/{token}/paid/status/",
    "b/<str:token>/move/": "b/{token}/move/",
    "b/<str:token>/change/": "b/{token}/change/",
    "b/<str:token>/cancel/": "b/{token}/cancel/",
    "api/v1/waiting/<str:token>": "api/v1/waiting/{waiting}",
    "api/v1/waiting/<str:token>/accept": "api/v1/waiting/{waiting}/accept",
    "api/v1/waiting/<str:token>/decline": "api/v1/waiting/{waiting}/decline",
    "api/v1/visits/<str:token>": "api/v1/visits/no-token",
    "api/v1/visits/<str:token>/data": "api/v1/visits/no-token/data",
    "api/v1/visits/<str:token>/again/<str:booking_id>": "api/v1/visits/no-token/again/{booking}",
    "api/v1/visits/<str:token>/pay_with_credit/<str:booking_id>": "api/v1/visits/no-token/pay_with_credit/{booking}",
    "visits/<str:token>/": "visits/no-token/",
    "visits/<str:token>/data.json": "visits/no-token/data.json",
    "visits/<str:token>/photos/<int:photo_id>/<int:width>.webp": "visits/no-token/photos/1/192.webp",
    "b/<str:token>/photos/<int:photo_id>/<int:width>.webp": "b/{token}/photos/1/192.webp",
    "visit/photos/<int:photo_id>/<int:width>.webp": "visit/photos/1/192.webp",
    "visits/<str:token>/end/": "visits/no-token/end/",
    "visits/<str:token>/again/<int:booking_id>/": "visits/no-token/again/{booking}/",
    "sign-up/verify/<str:token>/": "sign-up/verify/{verify}/",
    "sign-up/progress/<str:token>/": "sign-up/progress/{progress}/",
    "sign-up/progress/<str:token>/status/": "sign-up/progress/{progress}/status/",
    "sign-up/progress/<str:token>/again/": "sign-up/progress/{progress}/again/",
    "sign-up/progress/<str:token>/mail/": "sign-up/progress/{progress}/mail/",
    "legal/<slug:document>/": "legal/terms/",
    "legal/<slug:document>/<slug:version>/": "legal/terms/2026-11-26/",
    "operator/tenants/<slug:schema_name>/": "operator/tenants/{schema}/",
    "operator/tenants/<slug:schema_name>/<slug:key>/": "operator/tenants/{schema}/suspend/",
    RESET_KEY: "accounts/password/reset/key/1-abc-def/",
}
"""A path for every route with arguments; names in braces are filled in by ``facts``."""

ASK_THEMSELVES = {
    "accounts/password/change/", "accounts/password/set/", "accounts/reauthenticate/", "accounts/second-step/",
    "accounts/security/", "accounts/security/on/", "accounts/security/off/", "accounts/security/codes/",
}  # fmt: skip
"""Pages about one's own account: declared open, they ask by themselves."""


@dataclass(frozen=True)
class Door:
    """An address and what it says it asks for: a permission or ``open``, one or by method."""

    route: str
    declared: object
    view: object = None

    def find_permission(self, method: str) -> str | None:
        return find_permission(self.declared, method)

    def make_path(self, facts: dict[str, str]) -> str:
        return "/" + SAMPLES.get(self.route, self.route).format(**facts)


def walk(patterns: list, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, route)
        else:
            yield route, entry


def list_doors(urlconf: str) -> list[Door]:
    found = []
    for route, entry in walk(get_resolver(urlconf).url_patterns):
        views = (entry.callback, getattr(entry.callback, "cls", None), getattr(entry.callback, "view_class", None))
        declared = next(each.declared_permission for each in views if hasattr(each, "declared_permission"))
        found.append(Door(route, declared, getattr(entry.callback, "cls", None)))
    return found


def is_asking(door: Door, method: str) -> bool:
    return door.find_permission(method) not in {OPEN, None}


def copy_browser(signed_in: HostClient) -> HostClient:
    """Return a browser with the same cookies that has asked nothing yet: signing in takes as long as most pages."""
    client = HostClient(signed_in.defaults["HTTP_HOST"])
    client.cookies = deepcopy(signed_in.cookies)
    client.defaults["HTTP_X_CSRFTOKEN"] = "a call of the API that is open to anyone counts as theirs"
    return client


def is_refused(response: HttpResponseBase) -> bool:
    return response.status_code in {401, 403} or "/accounts/login/" in response.headers.get("Location", "")


def ask(
    client: Callable[[], HostClient], doors: list[Door], facts: dict[str, str]
) -> dict[tuple[str, str], HttpResponseBase]:
    """Ask for each door with each method, each time as a fresh visitor; what it changes is taken back."""
    answers = {}
    for door in doors:
        for method in METHODS:
            with transaction.atomic():
                visitor = client()
                visitor.raise_request_exception = False
                answers[method, door.route] = visitor.generic(method, door.make_path(facts))
                transaction.set_rollback(True)
    return answers


def take_snapshot() -> dict[str, list[dict[str, object]]]:
    """Return every row of what a tenant has."""
    labels = ("scheduling", "billing", "privacy", "notifications", "accounts", "api")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def make_due(asset_id: int) -> int:
    """Note what is due of something, and return the note's id."""
    return AssetDue.objects.create(asset_id=asset_id, at_meter=60_000, written_at=datetime.now(tz=UTC)).pk


@pytest.fixture
def facts(customer_client, other_tenant, platform_client) -> dict[str, str]:
    """A booking, a hold and a sign-up to fill the addresses with."""
    service = customer_client.get("/api/v1/services").json()["results"][0]["id"]
    days = [str(datetime.now(tz=UTC).date() + timedelta(days=after)) for after in (7, 14)]
    free = customer_client.get(f"/api/v1/availability?service={service}&from={days[0]}&to={days[1]}").json()
    slots = [slot["starts_at"] for day in free["days"] for slot in day["slots"]]

    def post(path: str, starts_at: str, **more: object) -> dict:
        body = {"service": service, "starts_at": starts_at, **more}
        answer = customer_client.post(f"/api/v1/{path}", body, content_type="application/json")
        assert answer.status_code == 201, answer.content
        return answer.json()

    customer = {"name": "Laura Jiménez", "phone": "+525512345678"}
    booked = post("bookings", slots[0], customer=customer, asset={"make": "Nissan", "model": "Versa"})
    waiting = join_waitlist(
        asked=WaitlistWish(
            Wish((int(service),)), from_on=date.fromisoformat(days[0]), to_on=date.fromisoformat(days[1])
        ),
        details=VisitDetails(CustomerDetails(name="Berta", email="berta@example.com"), asset=CAR),
        join_key="a run through the pages",
        now=datetime.now(tz=UTC),
    )
    progress = start_sign_up(details=make_details("por-venir", "salon"), now=datetime.now(tz=UTC))
    return {
        "booking": str(Booking.objects.get(reference=booked["reference"]).pk),
        "import": str(make_checked_import()),
        "bulk": str(make_done_act(Booking.objects.get(reference=booked["reference"]).pk)),
        "payment": str(pay(Booking.objects.get(reference=booked["reference"]).pk)),
        "invoice": str(want(Booking.objects.get(reference=booked["reference"]).pk, now=datetime.now(tz=UTC))),
        "customer": str(Booking.objects.get(reference=booked["reference"]).customer_id),
        "due": str(make_due(Booking.objects.get(reference=booked["reference"]).asset_id)),
        "asset": str(Booking.objects.get(reference=booked["reference"]).asset_id),
        "twin": str(create_customer(setup=CustomerSetup(name="Ana Torre"), by=SYSTEM, now=datetime.now(tz=UTC))),
        "token": booked["manage_url"].rstrip("/").rpartition("/")[2],
        "waiting": waiting,
        "entry": str(WaitlistEntry.objects.get().pk),
        "hold": post("holds", slots[-1])["id"],
        "progress": progress,
        "verify": make_verify_token(SignUp.objects.get(slug="por-venir")),
        "schema": other_tenant.schema_name,
        "webhook": str(make_webhook(url="https://hooks.example/", events=["booking.held"], now=datetime.now(tz=UTC))),
        "service": str(service),
        "special_day": str(DateOverride.objects.create(location=Location.objects.first(), on=date(2030, 1, 7)).pk),
        "location": str(Location.objects.order_by("pk").last().pk),
        "person": str(User.objects.create(email="otra@example.com", name="Otra", role="provider").pk),
        "key": (make_key({"bookings": "read"}), str(ApiKey.objects.latest("pk").pk))[1],
        "person_request": str(make_request(Booking.objects.get(reference=booked["reference"]).customer_id)),
        "blocked": str(make_blocked()),
        "incident": str(make_incident()),
        "invitation": str(invite("nueva@example.com", token="no-token").pk),
        "joining": "no-token",
        "resource": str(Resource.objects.order_by("pk").last().pk),
        "resource_type": str(ResourceType.objects.order_by("pk").last().pk),
        "rule": str(CapacityRule.objects.create(scope="tenant", period="day", measure="bookings", limit=500).pk),
    }


@pytest.fixture
def sign_in(tenant) -> Callable[[str], Callable[[], HostClient]]:
    """Return what makes browsers of a person with the given role, signed in at the workshop."""

    def sign_in_(role: str) -> Callable[[], HostClient]:
        defaults = {"email": f"{role}@example.com", "name": role}
        user = User.objects.filter(role=role).first() or User.objects.create(role=role, **defaults)

        client = HostClient(tenant.primary_host)
        client.force_login(user)
        return lambda: copy_browser(client)

    return sign_in_


@pytest.fixture
def operator(platform_client) -> Callable[[], HostClient]:
    """Make browsers of an operator, signed in on the platform's host."""

    @contextmanager
    def on_platform() -> Iterator[None]:
        before = connection.tenant
        connection.set_schema_to_public()
        yield
        connection.set_tenant(before)

    client = HostClient(settings.PLATFORM_HOST)
    with on_platform():
        sign_in_fully(client, make_operator())
    return lambda: copy_browser(client)


@pytest.mark.parametrize("urlconf", [TENANT, PLATFORM])
def test_every_route_with_arguments_has_a_sample(urlconf):
    without = [door.route for door in list_doors(urlconf) if "<" in door.route and door.route not in SAMPLES]

    assert without == []
