"""The record of processing (GDPR, article 30): what is kept about whom, what for, who receives it and how long.

It is made of the inventory that rooms declare (`kernel.personal`) whenever somebody looks at it: a column that is
declared stands in it, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings

from billing.selectors.accounts import find_open_doors
from kernel.personal import BACKUPS_KEPT, Erasure, Ground, PersonalColumn, Purpose, Subject, TableInventory
from kernel.text import mark
from notifications.selectors.webhooks import list_endpoints
from notifications.services.recipients import sends_sms
from privacy.enums import Recipient
from privacy.selectors.labels import FATES, GROUNDS, LABELS, PURPOSES, RECEIPTS, SUBJECTS
from tenants.hooks import list_inventory
from tenants.services.erasures.persons import list_person_tables

TITLES: Mapping[str, str] = {
    "account.EmailAddress": mark("E-mails to sign in with"),
    "accounts.EmailChange": mark("Changes of an e-mail"),
    "accounts.Invitation": mark("Invitations"),
    "accounts.Session": mark("Sessions"),
    "accounts.User": mark("People who sign in"),
    "api.IdempotentAnswer": mark("Answers to programs"),
    "audit.Entry": mark("Log of changes"),
    "audit_public.PlatformEntry": mark("Log of what operators did"),
    "files.StoredFile": mark("Photos"),
    "notifications.Event": mark("News for messages and programs"),
    "notifications_public.ContactCode": mark("Codes that prove a contact"),
    "notifications_public.Message": mark("Messages of the platform"),
    "notifications_public.TextedNumber": mark("Numbers that want SMS or not"),
    "privacy.BlockedLook": mark("Looks at blocked people"),
    "privacy.BlockedPerson": mark("Blocked people"),
    "privacy.PersonExport": mark("Files for people who asked"),
    "privacy.PersonRequestStep": mark("Steps of requests about data"),
    "scheduling.AssetMark": mark("Search for what visits are about"),
    "scheduling.BookingSearch": mark("Search for visits"),
    "scheduling.CustomerMerge": mark("Records that became one"),
    "scheduling.CustomerSearch": mark("Search for customers"),
    "scheduling.DateOverride": mark("Special days"),
    "scheduling.ImportPiece": mark("Files on their way in"),
    "scheduling.Resource": mark("People, places and tools"),
    "scheduling.TimeOff": mark("Absences"),
    "scheduling.VisitsLink": mark("Links to one's own visits"),
    "tenants.DueWork": mark("Work that failed"),
    "tenants.Idea": mark("Ideas for us"),
    "tenants.LimitCount": mark("Counts against abuse"),
    "tenants.Removal": mark("Proofs of removal"),
    "tenants.SignUp": mark("Sign-ups"),
    "tenants.Tenant": mark("Businesses"),
    "tenants.TermsAcceptance": mark("Acceptance of the terms"),
    "tenants.Tombstone": mark("Who was erased"),
    "tenants.Workplace": mark("Who works where"),
    "tenants.WorkplaceRequest": mark("Questions where one signs in"),
}
"""Table → what it holds, a msgid; those that people take along say so themselves."""
RECEIVED: Mapping[str, tuple[Recipient, ...]] = {
    "account": (Recipient.MAIL,),
    "accounts": (Recipient.MAIL,),
    "notifications": (Recipient.MAIL, Recipient.SMS, Recipient.PROGRAMS),
    "notifications_public": (Recipient.MAIL, Recipient.SMS),
    "billing": (Recipient.STRIPE,),
}
"""Room → who receives something of its tables, beside those who keep everything."""
EVERYTHING = (Recipient.SERVERS, Recipient.BACKUPS)
SAFEGUARDS = (
    mark("The tables of each business are apart from those of all others."),
    mark("Connections are encrypted; passwords are kept in a form that nobody can read."),
    mark("Roles say who sees and does what; there is a second step to sign in with."),
    mark("A log says who changed what; nothing can be taken out of it."),
    mark("Backups are encrypted. Who was erased does not come back when one is restored."),
    mark("Guessing and abuse are slowed down; sessions end by themselves."),
)
"""How it is protected, msgids."""
BACKUP_DAYS = BACKUPS_KEPT.days


@dataclass(frozen=True, slots=True)
class RecordLine:
    """What one table keeps about one kind of people, for one purpose.

    Attributes:
        title: What it is, a msgid.
        columns: What is kept, msgids.
        reason: Why it stays when somebody is erased, a msgid; empty: it does not.
        kept_days: As `TableInventory.kept_days`.
        recipients: Who receives something of it, those who keep everything left out.
    """

    model: str
    title: str
    columns: tuple[str, ...]
    subject: Subject
    purpose: Purpose
    ground: Ground
    erasure: Erasure
    reason: str
    is_sensitive: bool
    kept_days: int
    recipients: tuple[Recipient, ...]

    @property
    def whom(self) -> str:
        """Return whose data it is, a msgid."""
        return SUBJECTS[self.subject]

    @property
    def use(self) -> str:
        """Return what it is kept for, a msgid."""
        return PURPOSES[self.purpose]

    @property
    def allowed_by(self) -> str:
        """Return what allows it, a msgid."""
        return GROUNDS[self.ground]

    @property
    def fate(self) -> str:
        """Return what becomes of it when somebody is erased, a msgid."""
        return FATES[self.erasure]


@dataclass(frozen=True, slots=True)
class ProcessingRecord:
    """The record of a business, or of the platform.

    Attributes:
        lines: By purpose, then as tables are called.
        recipients: Who receives something at all.
    """

    lines: tuple[RecordLine, ...]
    recipients: tuple[Recipient, ...]

    def list_purposes(self) -> tuple[tuple[str, tuple[RecordLine, ...]], ...]:
        """Return each purpose that has lines, a msgid, with them."""
        found = ((PURPOSES[each], tuple(line for line in self.lines if line.purpose is each)) for each in Purpose)
        return tuple((words, lines) for words, lines in found if lines)

    def list_recipients(self) -> tuple[tuple[str, str], ...]:
        """Return who receives something, in words, and what it is, a msgid."""
        return tuple((str(each.label), RECEIPTS[each]) for each in self.recipients)


def make_record() -> ProcessingRecord:
    """Return the record of the current business; two queries."""
    receiving = {Recipient.MAIL}
    if sends_sms():
        receiving.add(Recipient.SMS)
    if find_open_doors().card is not None:
        receiving.add(Recipient.STRIPE)
    if list_endpoints():
        receiving.add(Recipient.PROGRAMS)
    return _make(frozenset(settings.TENANT_APPS), receiving)


def make_platform_record() -> ProcessingRecord:
    """Return the record of the platform itself, over all businesses; no query."""
    receiving = {Recipient.MAIL, *((Recipient.SMS,) if sends_sms() else ())}
    return _make(frozenset(settings.SHARED_APPS) - frozenset(settings.TENANT_APPS), receiving)


def name_table(model: str) -> str:
    """Return what a table holds, a msgid; of one that nobody named, what Django calls it."""
    titles = {each.model: each.title for each in list_person_tables()}
    return titles.get(model) or TITLES.get(model) or str(apps.get_model(model)._meta.verbose_name_plural)  # noqa: SLF001


def name_column(name: str) -> str:
    """Return what a column is called, a msgid; of one that nobody named, its own name."""
    return LABELS.get(name) or name


def list_app_tables(names: Collection[str]) -> tuple[TableInventory, ...]:
    """Return the tables with personal data of the apps with these names, as tables are called."""
    return tuple(
        each
        for each in list_inventory()
        if each.personal and apps.get_app_config(each.model.split(".")[0]).name in names
    )


def _make(names: frozenset[str], receiving: Collection[Recipient]) -> ProcessingRecord:
    lines = [line for table in list_app_tables(names) for line in _read_table(table, receiving)]
    order = list(Purpose)
    lines.sort(key=lambda line: order.index(line.purpose))
    met = {each for line in lines for each in line.recipients}
    return ProcessingRecord(
        tuple(lines), tuple(each for each in Recipient if each in EVERYTHING or (each in met and each in receiving))
    )


def _read_table(table: TableInventory, receiving: Collection[Recipient]) -> list[RecordLine]:
    groups: dict[tuple[Subject, Purpose, Ground, Erasure, str], list[tuple[str, PersonalColumn]]] = {}
    for name, column in table.personal.items():
        key = (column.subject, column.purpose, column.ground, column.erasure, column.reason)
        groups.setdefault(key, []).append((name, column))
    received = RECEIVED.get(table.model.split(".", maxsplit=1)[0], ())
    return [
        RecordLine(
            model=table.model,
            title=name_table(table.model),
            columns=tuple(dict.fromkeys(name_column(name) for name, _ in columns)),
            subject=subject,
            purpose=purpose,
            ground=ground,
            erasure=erasure,
            reason=reason,
            is_sensitive=any(column.may_be_sensitive for _, column in columns),
            kept_days=table.kept_days,
            recipients=tuple(each for each in received if each in receiving),
        )
        for (subject, purpose, ground, erasure, reason), columns in groups.items()
    ]
