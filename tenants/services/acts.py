"""What changes the state of a business: one function for each act, each with a reason, all of them logged.

`tenants.policies.TRANSITIONS` says from which states each leads where. Acts take effect at once on every process.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from kernel.lines import clean_line, drop_invisible, is_unreadable
from kernel.text import mark
from tenants import hooks
from tenants.enums import TenantAct, TenantStatus
from tenants.errors import ClosedByPlatform, ReasonInvalid, TenantUnknown
from tenants.models import Tenant
from tenants.policies import TRANSITIONS, check_act
from tenants.selectors.resolution import forget_tenants, make_info
from tenants.types import ActDone, AskedAct, TenantInfo

REASON_LENGTH = 500
CHANGED = ("status", "status_since", "resumes_as", "reopens_as", "is_closed_by_owner", "suspension_reason")
"""What an act changes of a business."""
REASON_MISSING = mark("Say why.")
REASON_TOO_LONG = mark("At most 500 characters.")
REASON_UNREADABLE = mark("This contains characters that cannot be used.")
NAME_WRONG = mark("This is neither the short name nor the name of this business.")


def activate(asked: AskedAct) -> None:
    """Note that a business pays; raises as `suspend`."""
    _change(TenantAct.ACTIVATE, asked)


def mark_past_due(asked: AskedAct) -> None:
    """Note that a payment did not come: everything goes on, with a banner; raises as `suspend`."""
    _change(TenantAct.MARK_PAST_DUE, asked)


def restrict(asked: AskedAct) -> None:
    """Take no new bookings for a business that is overdue for long; raises as `suspend`."""
    _change(TenantAct.RESTRICT, asked)


def suspend(asked: AskedAct) -> None:
    """Suspend a business; its owner reads the reason.

    Raises:
        TenantUnknown: There is no such tenant.
        ReasonInvalid: The reason is missing, too long or unreadable.
        ActRefused: The state does not allow it, or is another one than the caller saw.
    """
    _change(TenantAct.SUSPEND, asked)


def resume(asked: AskedAct) -> None:
    """Lift a suspension: the business is what it was before; raises as `suspend`."""
    _change(TenantAct.RESUME, asked)


def close(asked: AskedAct, *, typed_name: str) -> None:
    """Close a business; it is kept for `tenants.types.REMOVED_AFTER`.

    ``typed_name`` is its slug, or else its whole name, as somebody typed it, so that nobody closes the wrong one.

    Raises:
        TenantUnknown, ReasonInvalid, ActRefused: As `suspend`; ``errors`` names ``typed_name`` when it is wrong.
    """
    _change(TenantAct.CLOSE, asked, typed_name=typed_name)


def reopen(asked: AskedAct) -> None:
    """Open a closed business again: it is what it was before.

    Raises:
        TenantUnknown, ReasonInvalid, ActRefused: As `suspend`.
        ClosedByPlatform: An owner wants it, and no owner closed it.
    """
    _change(TenantAct.REOPEN, asked)


def check_typed_name(info: TenantInfo, typed_name: str) -> None:
    """Ask for the slug of a business, or else its whole name, as `close` does.

    Raises:
        ReasonInvalid: It is another one; ``errors`` names ``typed_name``.
    """
    if not _is_name_of(info, typed_name):
        raise ReasonInvalid(errors={"typed_name": (NAME_WRONG,)})


def restart_closing(info: TenantInfo, *, now: datetime) -> TenantInfo:
    """Let the days of a closed business begin anew, and return it; one that was made of an archive was closed before.

    Belongs in the transaction that makes it.
    """
    Tenant.objects.filter(pk=info.id, status=TenantStatus.CLOSED).update(status_since=now)
    return replace(info, status_since=now)


@transaction.atomic
def _change(act: TenantAct, asked: AskedAct, *, typed_name: str | None = None) -> None:
    tenant = Tenant.objects.select_for_update().filter(schema_name=asked.schema_name).first()
    if tenant is None:
        raise TenantUnknown
    # Whoever decided upon another state is told so first: the reason may not hold any more.
    check_act(act, status=tenant.status, seen=asked.seen)
    if act is TenantAct.REOPEN and asked.is_owner and not tenant.is_closed_by_owner:
        raise ClosedByPlatform
    why = _check_words(tenant, asked.reason, typed_name)
    old = TenantStatus(tenant.status)
    tenant.status = TRANSITIONS[act].target or _find_former(tenant, act)
    tenant.status_since = asked.now
    if act is TenantAct.SUSPEND:
        tenant.resumes_as, tenant.suspension_reason = old, why
    elif act is TenantAct.RESUME:
        tenant.resumes_as, tenant.suspension_reason = "", ""
    elif act is TenantAct.CLOSE:
        tenant.reopens_as, tenant.is_closed_by_owner = old, asked.is_owner
    elif act is TenantAct.REOPEN:
        tenant.reopens_as, tenant.is_closed_by_owner = "", False
    tenant.save(update_fields=CHANGED)
    hooks.note_act(
        ActDone(
            tenant=make_info(tenant, tenant.domains.all()),
            act=act,
            old=old,
            new=tenant.status,
            reason=why,
            author_id=asked.author_id,
            at=asked.now,
        )
    )
    transaction.on_commit(forget_tenants)


def _find_former(tenant: Tenant, act: TenantAct) -> TenantStatus:
    former = tenant.resumes_as if act is TenantAct.RESUME else tenant.reopens_as
    # Empty: it was suspended or closed before anybody kept what it had been.
    return TenantStatus(former or TenantStatus.ACTIVE)


def _check_words(tenant: Tenant, reason: str, typed_name: str | None) -> str:
    errors: dict[str, tuple[str, ...]] = {}
    why = drop_invisible(reason.replace("\r\n", "\n"))
    if not why:
        errors["reason"] = (REASON_MISSING,)
    elif len(why) > REASON_LENGTH:
        errors["reason"] = (REASON_TOO_LONG,)
    elif is_unreadable(why.replace("\n", " ").replace("\t", " ")):
        errors["reason"] = (REASON_UNREADABLE,)
    if typed_name is not None and not _is_name_of(tenant, typed_name):
        errors["typed_name"] = (NAME_WRONG,)
    if errors:
        raise ReasonInvalid(errors=errors)
    return why


def _is_name_of(tenant: Tenant | TenantInfo, typed_name: str) -> bool:
    return clean_line(typed_name) in {tenant.slug, clean_line(tenant.name)}
