"""Which businesses an e-mail signs in at: written where people come and go, answered by mail alone.

Whoever asks learns nothing from the answer or from how long it takes: a request is one row, whatever
the e-mail is. A worker looks it up, with one indexed question however many businesses there are.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from database.connection import connection
from tenants.context import find_current_tenant
from tenants.enums import TenantStatus, Urgency
from tenants.models import Tenant, Workplace, WorkplaceRequest
from tenants.secrets import list_hashes
from tenants.selectors.resolution import make_info
from tenants.services.due_work import add_due_work
from tenants.types import AskedWorkplaces, TenantInfo

ASKED_KIND = "workplaces"
"""Due work: answer a request; done by the room that writes to people."""
OPEN = tuple(each for each in TenantStatus.values if each != TenantStatus.PROVISIONING)


def hash_email(email: str) -> str:
    """Return what an e-mail is found by, in any case of letters."""
    return _list_hashes(email)[0]


def note_workplace(email: str) -> None:
    """Note that somebody with this e-mail signs in at the current business; for operators nothing is noted."""
    if find_current_tenant() is not None:
        Workplace.objects.get_or_create(email_hash=hash_email(email), schema_name=connection.schema_name)


def forget_workplace(email: str) -> None:
    """Note that nobody with this e-mail signs in at the current business any more."""
    hashes = _list_hashes(email)
    Workplace.objects.filter(email_hash__in=hashes, schema_name=connection.schema_name).delete()


@transaction.atomic
def ask_workplaces(*, email: str, locale: str, now: datetime) -> None:
    """Have a mail sent to this e-mail that says where it signs in, if anywhere; in the public schema."""
    asked = WorkplaceRequest.objects.create(email=email, locale=locale, created_at=now)
    add_due_work(kind=ASKED_KIND, row_id=asked.pk, due_at=now, now=now, urgency=Urgency.NOW)


def take_request(request_id: int) -> AskedWorkplaces | None:
    """Return who asked and the businesses, in the order of their names, and forget it; None when that was done."""
    asked = WorkplaceRequest.objects.select_for_update().filter(pk=request_id).first()
    if asked is None:
        return None
    asked.delete()
    return AskedWorkplaces(asked.email, asked.locale, list_workplaces(asked.email))


def list_workplaces(email: str) -> tuple[TenantInfo, ...]:
    """Return the businesses at which somebody with this e-mail signs in; two queries, however many there are."""
    schemas = Workplace.objects.filter(email_hash__in=_list_hashes(email)).values("schema_name")
    found = Tenant.objects.filter(schema_name__in=schemas, is_example=False, status__in=OPEN)
    rows = found.order_by("name", "pk").prefetch_related("domains")
    return tuple(make_info(tenant, tenant.domains.all()) for tenant in rows)


def _list_hashes(email: str) -> tuple[str, ...]:
    """Return what is found under the present secret, or an earlier one that is still listed."""
    return list_hashes("tenants.workplaces", email.strip().lower())
