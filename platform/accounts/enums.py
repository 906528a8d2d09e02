"""Closed lists of words of accounts."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in the business; ``operator`` exists in the public schema only."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    RECEPTIONIST = "receptionist", _("Receptionist")
    PROVIDER = "provider", _("Provider")
    READ_ONLY = "read_only", _("Read only")
    OPERATOR = "operator", _("Operator")


class InvitationEnd(models.TextChoices):
    """How an invitation ended."""

    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Taken back")
    REPLACED = "replaced", _("Sent anew")


class KeyArea(models.TextChoices):
    """What a key can be for; each area names the calls of the API that ask for it."""

    BOOKINGS = "bookings", _("Appointments")
    CUSTOMERS = "customers", _("Customers")
    MESSAGES = "messages", _("Messages of customers")
    WAITLIST = "waitlist", _("Waitlist")
    FEEDBACK = "feedback", _("Opinions")
    PAYMENTS = "payments", _("Payments")
    CATALOG = "catalog", _("Services, team, hours and limits")
    WEBHOOKS = "webhooks", _("Webhooks")
    EXPORTS = "exports", _("Copies of all data")


class KeyAccess(models.TextChoices):
    """How far a key goes in an area; whoever may change may read as well."""

    READ = "read", _("Read")
    WRITE = "write", _("Read and change")


class AccountMessageKind(StrEnum):
    """What someone is told about an account."""

    PASSWORD_RESET = "password_reset"  # noqa: S105 - a word, no password
    UNKNOWN_ACCOUNT = "unknown_account"
    INVITATION = "invitation"
    OWNER_ADDED = "owner_added"
    EMAIL_CONFIRM = "email_confirm"
    EMAIL_REVERT = "email_revert"
    SIGN_IN_CHANGED = "sign_in_changed"
    EXPORT_READY = "export_ready"
    ARCHIVE_READY = "archive_ready"
    COPY_FAILED = "data_copy_failed"


class SignInChange(StrEnum):
    """What was changed about how somebody signs in; they are told of each by mail."""

    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    STEP_ON = "step_on"
    STEP_OFF = "step_off"
    STEP_REMOVED = "step_removed"
    CODES_RENEWED = "codes_renewed"
    KEY_MADE = "key_made"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a word, no password
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a word, no password


class EmailLink(StrEnum):
    """What a link of the mails about another e-mail does."""

    CONFIRM = "confirm"
    REVERT = "revert"


class Notice(models.TextChoices):
    """What owners and managers are told by e-mail; each is the name of its text."""

    NEW_BOOKING = "business_new_booking", _("A new appointment online")
    NEW_REQUEST = "business_new_request", _("A request that waits for an answer")
    REQUEST_WAITING = "business_request_waiting", _("A request that still waits")
    BOOKING_MOVED = "business_booking_moved", _("An appointment that a customer moved")
    BOOKING_CANCELLED = "business_booking_cancelled", _("An appointment that a customer canceled")
    FEEDBACK_LOW = "business_feedback_low", _("A visit that a customer rated low")
    CUSTOMER_WROTE = "business_customer_wrote", _("A message that a customer wrote about an appointment")
    DATA_REQUEST = "business_data_request", _("A customer who asks about their own data")
    RECEIPT_SENT = "business_receipt_sent", _("A receipt of a transfer that a customer sent")
    REFUND = "business_refund", _("Money that goes back to a customer")
    INVOICE_WANTED = "business_invoice_wanted", _("An invoice that a customer wants")
    CLOCK_CLASH = "business_clock_clash", _("Appointments that overlap since the clocks changed")
    MONTH = "business_month", _("A month that is over: its figures")


OWN_WORK = "own_work"
"""What whoever does the work is told of their own appointments; beside the kinds of `Notice`."""


class NoticeChannel(models.TextChoices):
    """By what people who work here are told."""

    EMAIL = "email", _("By e-mail")
    SMS = "sms", _("By SMS")
