"""How the whole platform stands, for whoever watches it: the same few queries however many businesses there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, Max, Min, Q

from database.connection import connection
from tenants.enums import TenantStatus, Urgency
from tenants.hooks import has_due_handler
from tenants.models import Backup, DueWork, SchemaState, SpareSchema, Tenant
from tenants.selectors.backups import count_late
from tenants.selectors.businesses import count_by_status
from tenants.selectors.removals import find_overdue

UNKNOWN_KIND = "other"
"""Of due work that nobody here does: an older or newer version left it."""
# One look into the index for each urgency: rows that are not due yet cost nothing, however many there are.
DUE_SQL = """
SELECT due.kind, count(*), min(due.due_at)
FROM generate_series(0, %(last)s) level
CROSS JOIN LATERAL (
  SELECT d.kind, d.due_at FROM tenants_duework d
  WHERE d.urgency = level AND d.due_at <= %(now)s AND NOT d.is_parked
) due
GROUP BY due.kind
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """Due work of one kind: rows whose time has come, since when the oldest waits, rows that nobody tries any more."""

    waiting: int = 0
    oldest_at: datetime | None = None
    parked: int = 0


@dataclass(frozen=True, slots=True)
class BackupTimes:
    """When archives were last restored for a try.

    Attributes:
        newest_at: Of any business.
        oldest_at: Of the business whose last try is the longest ago, of those that had one.
        failed: Businesses whose last attempt failed.
        late: Businesses without a good archive for two nights.
    """

    newest_at: datetime | None
    oldest_at: datetime | None
    failed: int
    late: int


@dataclass(frozen=True, slots=True)
class PlatformStanding:
    """How the platform stands at one instant; since ``removal_due_at`` a business should be gone that is not."""

    queues: Mapping[str, Queue]
    businesses: Mapping[str, int]
    spares_ready: int
    spares_wanted: int
    migrations_behind: int
    backups: BackupTimes
    removal_due_at: datetime | None


def read_platform(*, now: datetime, state: str) -> PlatformStanding:
    """Read how the platform stands; ``state`` is the migration state of this version."""
    counts = count_by_status()
    current = SchemaState.objects.filter(state=state).values("schema_name")
    return PlatformStanding(
        queues=_read_queues(now),
        businesses={status: counts.get(status, 0) for status in TenantStatus.values},
        spares_ready=SpareSchema.objects.filter(state=state, is_ready=True).count(),
        spares_wanted=settings.SPARE_SCHEMAS,
        migrations_behind=Tenant.objects.exclude(schema_name__in=current).count(),
        backups=_read_backups(now),
        removal_due_at=find_overdue(now=now),
    )


def _read_queues(now: datetime) -> Mapping[str, Queue]:
    with connection.cursor() as cursor:
        cursor.execute(DUE_SQL, {"now": now, "last": max(Urgency)})
        waiting = cursor.fetchall()
    parked = DueWork.objects.filter(is_parked=True).values("kind").annotate(n=Count("pk")).values_list("kind", "n")
    queues: dict[str, Queue] = {}
    for kind, count, oldest_at in [*waiting, *((kind, 0, None) for kind, _ in parked)]:
        name = kind if has_due_handler(kind) else UNKNOWN_KIND
        before = queues.get(name, Queue())
        instants = [instant for instant in (before.oldest_at, oldest_at) if instant is not None]
        queues[name] = Queue(before.waiting + count, min(instants, default=None), before.parked)
    for kind, count in parked:
        name = kind if has_due_handler(kind) else UNKNOWN_KIND
        queues[name] = Queue(queues[name].waiting, queues[name].oldest_at, queues[name].parked + count)
    return queues


def _read_backups(now: datetime) -> BackupTimes:
    businesses = Tenant.objects.filter(is_example=False).values("schema_name")
    last = (
        Backup.objects.filter(schema_name__in=businesses)
        .values("schema_name")
        .annotate(
            verified=Max("verified_at"),
            made=Max("began_at", filter=Q(verified_at__isnull=False)),
            tried=Max("began_at"),
        )
    )
    ends = last.aggregate(newest=Max("verified"), oldest=Min("verified"))
    failed = last.filter(Q(made=None) | Q(tried__gt=F("made"))).count()
    return BackupTimes(newest_at=ends["newest"], oldest_at=ends["oldest"], failed=failed, late=count_late(now=now))
