"""Words of privacy."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.law.persons import Right


class RequestRight(models.TextChoices):
    """What somebody asks for; the rights of `kernel.law.persons`, in words."""

    ACCESS = Right.ACCESS.value, _("See what is kept about me")
    RECTIFICATION = Right.RECTIFICATION.value, _("Correct something")
    ERASURE = Right.ERASURE.value, _("Erase what is kept about me")
    OBJECTION = Right.OBJECTION.value, _("Object to a use of my data")
    PORTABILITY = Right.PORTABILITY.value, _("Take my data along")
    BLOCKING = Right.BLOCKING.value, _("Block my data")


OFFERED = tuple(each for each in RequestRight if each is not RequestRight.BLOCKING)
"""What pages and programs offer to people: the program blocks nothing, so whoever wants that asks the business."""


class RequestSource(models.TextChoices):
    """How it reached the business."""

    LINK = "link", _("By the link of a visit")
    EMAIL = "email", _("By e-mail")
    PHONE = "phone", _("By phone")
    PAPER = "paper", _("On paper")
    IN_PERSON = "in_person", _("In person")


class IdentityCheck(models.TextChoices):
    """How the business knows that whoever asks is the person."""

    LINK = "link", _("By the link that they were sent")
    CODE = "code", _("By a code sent to a contact on record")
    DOCUMENT = "document", _("They showed a document")
    KNOWN = "known", _("Somebody of the business knows them")
    CALLED_BACK = "called_back", _("Called back on a number on record")


class RequestState(models.TextChoices):
    """Where a request stands."""

    ASKED = "asked", _("To decide")
    GRANTED = "granted", _("To do")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN_STATES = (RequestState.ASKED, RequestState.GRANTED)
"""In which the clock runs."""


class RequestStep(models.TextChoices):
    """What was done with a request."""

    ASKED = "asked", _("Asked")
    CHOSEN = "chosen", _("Customer chosen")
    CODE_SENT = "code_sent", _("A code was sent")
    IDENTIFIED = "identified", _("Identity checked")
    EXTENDED = "extended", _("Deadline extended")
    GRANTED = "granted", _("Agreed to")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPORTED = "exported", _("File made")
    DOWNLOADED = "downloaded", _("File downloaded")
    BLOCKED = "blocked", _("Data blocked")
    ERASED = "erased", _("Data erased")
    DONE = "done", _("Done")
    WARNED = "warned", _("Reminded of the deadline")


class KeptKind(models.TextChoices):
    """What stands in the way of erasing somebody, or stays of them."""

    COMING = "coming", _("Visits to come")
    WAITLIST = "waitlist", _("Places on the waitlist")
    WAITING = "waiting", _("Payments that are not settled")
    REFUNDS = "refunds", _("Refunds on their way")
    DISPUTES = "disputes", _("Disputes that are not decided")
    INVOICES = "invoices", _("Invoices to be made")
    CREDITS = "credits", _("Credit that can still be spent")
    SETTLED = "settled", _("Payments that came")
    PROOFS = "proofs", _("That requests like this one were made and answered")


class Recipient(models.TextChoices):
    """Who else gets something of what a business keeps."""

    SERVERS = "servers", _("Servers")
    BACKUPS = "backups", _("Store of backups")
    MAIL = "mail", _("Mail server")
    SMS = "sms", _("SMS company")
    STRIPE = "stripe", _("Card company (Stripe)")
    PROGRAMS = "programs", _("Your own programs")


class LookKind(models.TextChoices):
    """What somebody of the business did with blocked data."""

    FOUND = "found", _("Found by name or contact")
    READ = "read", _("Read in full")


class IncidentState(models.TextChoices):
    """Where an incident stands."""

    OPEN = "open", _("To assess")
    ASSESSED = "assessed", _("To tell")
    CLOSED = "closed", _("Closed")


class IncidentStep(models.TextChoices):
    """What was done about an incident."""

    RECORDED = "recorded", _("Written down")
    ASSESSED = "assessed", _("Assessed")
    AUTHORITY_TOLD = "authority", _("Authority told")
    PERSONS_TOLD = "persons", _("People told")
    CLOSED = "closed", _("Closed")
