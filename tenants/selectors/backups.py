"""How the archives of businesses stand: the last one that was restored for a try, and whether something is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from tenants.models import Backup, Tenant
from tenants.types import BackupStanding

LATE = timedelta(hours=50)
"""Two nights without a good archive."""
NEVER: tuple[datetime | None, ...] = (None, None, None)


@dataclass(frozen=True, slots=True)
class LateBusiness:
    """A business that has had no good archive for two nights; ``verified_at`` is None: it never had one."""

    schema_name: str
    name: str
    verified_at: datetime | None


def list_standings(schema_names: Iterable[str], *, now: datetime) -> Mapping[str, BackupStanding]:
    """Map each of these schemas to how its archives stand; two queries, however many there are."""
    names = list(schema_names)
    begun = dict(Tenant.objects.filter(schema_name__in=names).values_list("schema_name", "created_at"))
    newest = (
        Backup.objects.filter(schema_name__in=names)
        .values("schema_name")
        .annotate(
            verified=Max("verified_at"),
            made=Max("began_at", filter=Q(verified_at__isnull=False)),
            failed=Max("began_at", filter=~Q(failure="")),
        )
        .values_list("schema_name", "verified", "made", "failed")
    )
    found = {name: tuple(instants) for name, *instants in newest}
    return {name: _describe(*found.get(name, NEVER), begun_at=begun.get(name, now), now=now) for name in names}


def find_standing(schema_name: str, *, now: datetime) -> BackupStanding:
    """Return how the archives of one business stand, with what the last failure said; three queries."""
    standing = list_standings([schema_name], now=now)[schema_name]
    if not standing.has_failed:
        return standing
    last = Backup.objects.filter(schema_name=schema_name).exclude(failure="").order_by("-began_at").first()
    return BackupStanding(
        verified_at=standing.verified_at,
        is_late=standing.is_late,
        has_failed=True,
        failure=last.failure if last is not None else "",
    )


def count_late(*, now: datetime) -> int:
    """Count the businesses that have had no good archive for two nights; one query."""
    return int(_filter_late(now).count())


def list_late(*, now: datetime, limit: int) -> Sequence[LateBusiness]:
    """List them, who waits the longest first; one query."""
    verified = (
        Backup.objects.filter(schema_name=OuterRef("schema_name"))
        .values("schema_name")
        .values_list(Max("verified_at"), flat=True)
    )
    late = _filter_late(now).annotate(verified=Subquery(verified))
    ordered = late.order_by(F("verified").asc(nulls_first=True), "created_at", "pk")
    return [LateBusiness(*row) for row in ordered.values_list("schema_name", "name", "verified")[:limit]]


def _filter_late(now: datetime) -> QuerySet[Tenant]:
    good = Backup.objects.filter(verified_at__gt=now - LATE).values("schema_name")
    late: QuerySet[Tenant] = Tenant.objects.filter(is_example=False, created_at__lt=now - LATE)
    return late.exclude(schema_name__in=good)


def _describe(
    verified: datetime | None, made: datetime | None, failed: datetime | None, *, begun_at: datetime, now: datetime
) -> BackupStanding:
    return BackupStanding(
        verified_at=verified,
        is_late=(verified or begun_at) < now - LATE,
        has_failed=failed is not None and (made is None or failed > made),
    )
