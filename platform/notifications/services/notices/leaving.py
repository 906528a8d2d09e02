"""What owners are told of the end of their business: closed, open again, removed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import translation
from django.utils.translation import gettext

from accounts.enums import Role
from accounts.selectors.staff import list_staff
from kernel.formats import get_formats
from kernel.languages import LANGUAGES
from kernel.lines import clean_line
from kernel.personal import BACKUPS_KEPT
from notifications.public.models import Message
from notifications.services.messages import tell
from notifications.types.messages import Recipient, Subject
from tenants.enums import TenantAct, Urgency
from tenants.hooks import register_act_writer, register_due_handler, register_removal_writer
from tenants.hosts import make_base_url
from tenants.jobs import call_in_tenant, call_outside
from tenants.services.due_work import add_due_work
from tenants.services.erasures.columns import erase_columns
from tenants.types import REMOVED_AFTER, ActDone, BusinessRemoved, TenantInfo

TEMPLATES: Mapping[str, str] = {TenantAct.CLOSE: "business_closed_owner", TenantAct.REOPEN: "business_reopened_owner"}
REMOVAL = "removal"
"""What the mail with the proof is about; its number is the business's."""
DUE_KIND = "forget_removal_mail"


def tell_act(done: ActDone) -> None:
    """Queue the mails to the owners of a business that was closed or opened again, by whomever."""
    if done.act in TEMPLATES:
        call_in_tenant(done.tenant.schema_name, _tell_owners, done)


def read_letter(tenant: TenantInfo) -> dict[str, Any]:
    """Return whom the proof goes to, and what it says that is not known any more when it leaves."""
    return {
        "name": clean_line(tenant.name, limit=120),
        "timezone": tenant.timezone,
        "country": tenant.country,
        "readers": [[each.email, each.locale] for each in _list_owners()],
    }


def tell_removed(removed: BusinessRemoved) -> None:
    """Queue the mails with the proof, on the platform's behalf: nothing else is left."""
    call_outside(_tell_proof, removed)


def forget_mail(tenant_id: int, now: datetime) -> None:  # noqa: ARG001 - a handler of due work
    """Erase to whom the proof of a removal was sent, and what was written; safe to run twice."""
    mails = Message.objects.filter(subject_kind=REMOVAL, subject_id=tenant_id)
    erase_columns(mails, stand_ins={"dedup_key": Concat(Value("erased:"), Cast("pk", TextField()))})


def register() -> None:
    """Write for the room of tenants."""
    register_act_writer(tell_act)
    register_removal_writer(REMOVAL, read_letter, tell_removed)
    register_due_handler(DUE_KIND, forget_mail)


def _list_owners() -> list[Recipient]:
    return [Recipient(email=each.email, locale=each.locale) for each in list_staff(roles=(Role.OWNER,))]


def _tell_owners(done: ActDone) -> None:
    template = TEMPLATES[done.act]
    tell(
        recipients=_list_owners(),
        template=template,
        about=None,
        words=_make_words(done.tenant, done.at),
        key=f"{template}:{done.at.isoformat()}",
        now=done.at,
        limit=None,  # each needs an act with a reason, or the owner's own password
        urgency=Urgency.SOON,
    )


def _make_words(tenant: TenantInfo, at: datetime) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = {
                "may_reopen": "yes" if tenant.is_closed_by_owner else "",
                "until": _say_day(tenant, at + REMOVED_AFTER, language),
                "action_url": f"{make_base_url(tenant.home_host)}/workspace/closing/",
                "action_label": gettext("See how your business stands"),
            }
    return words


def _tell_proof(removed: BusinessRemoved) -> None:
    letter, proof = removed.letter, removed.proof
    gone_at = proof.backups_gone_at or removed.at + BACKUPS_KEPT
    say_day = partial(_say_day_at, country=letter["country"], timezone=letter["timezone"])
    words = {
        language: {
            "removed_name": letter["name"],
            "slug": proof.slug,
            "number": str(proof.tenant_id),
            "closed_on": say_day(proof.closed_at, language),
            "removed_on": say_day(removed.at, language),
            "backups_on": say_day(gone_at, language),
            "tables": str(proof.tables),
            "rows": str(proof.rows),
            "files": str(proof.files),
        }
        for language in LANGUAGES
    }
    tell(
        recipients=[Recipient(email=email, locale=locale) for email, locale in letter["readers"]],
        template="business_removed",
        about=Subject(kind=REMOVAL, id=proof.tenant_id),
        words=words,
        key=f"{REMOVAL}:{proof.tenant_id}",
        now=removed.at,
        limit=None,  # once for each business
        urgency=Urgency.SOON,
    )
    add_due_work(kind=DUE_KIND, row_id=proof.tenant_id, due_at=gone_at, now=removed.at, urgency=Urgency.LAST)


def _say_day(tenant: TenantInfo, at: datetime, language: str) -> str:
    return _say_day_at(at, language, country=tenant.country, timezone=tenant.timezone)


def _say_day_at(at: datetime, language: str, *, country: str, timezone: str) -> str:
    return get_formats(country=country, language=language).format_day(at.astimezone(ZoneInfo(timezone)).date())
