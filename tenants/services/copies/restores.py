"""A business out of an archive: as a new tenant, or into a scratch schema that is rolled back, to see whether it would.

Both run the same code. Files are stored first, under a schema's name that nobody has; the rest is one transaction, in
which everything is compared before it commits. Whoever dies in between leaves at most files, which are swept.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.db.migrations.loader import MigrationLoader

from database.connection import connection
from database.errors import explain_failure
from tenants import hooks
from tenants.context import tenant_scope
from tenants.enums import CopyAct
from tenants.errors import (
    ArchiveDamaged,
    ArchiveNewer,
    ArchiveStrange,
    BusinessRemovedBefore,
    CopyDiffers,
    SlugTaken,
)
from tenants.hosts import get_platform_name, make_subdomain
from tenants.models import Domain, SchemaState, Tenant
from tenants.policies import check_slug_is_free, is_left_by_another
from tenants.selectors.removals import find_removal
from tenants.selectors.resolution import forget_tenants, make_info
from tenants.services.acts import restart_closing
from tenants.services.agreements.accepting import ask_anew
from tenants.services.copies import hosts, quiet, shared, tables
from tenants.services.copies.archives import (
    FILES,
    MANIFEST,
    SHARED,
    TABLES,
    Head,
    Manifest,
    Member,
    parse_manifest,
    read_head,
    reading,
)
from tenants.services.copies.backups import list_files, mark_secret
from tenants.services.copies.results import RestoreDone
from tenants.services.copies.seals import Identity, check_seal, read_identities
from tenants.services.erasures.erasing import erase_again, list_noted, read_tombstones
from tenants.services.erasures.stones import Stone
from tenants.services.spares import claim_spare, name_schema
from tenants.services.templates import EachMigration, ensure_template, get_migration_state, migrate_schema
from tenants.types import RestoredTenant, TenantFile, TenantInfo

MOST_NAMED = 5
"""Tables that a message lists."""
ELSEWHERE = (
    "It was made under another TURNERO_SECRET_KEY: people who sign in with a second step need "
    "`manage reset_second_step`, and numbers that wanted no SMS are not known here."
)
CLOSED = "It is closed, and kept for 30 days from today: its owner can open it again until then."
REERASED = "%(number)s that were erased after the archive was made were erased here as well."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Source:
    """An archive whose seal was found whole."""

    path: Path
    identities: Sequence[Identity]
    head: Head

    @contextmanager
    def members(self) -> Iterator[Iterator[Member]]:
        with reading(self.path, self.identities) as members:
            yield members


@dataclass(frozen=True, slots=True)
class _Target:
    """What the business is going to be."""

    tenant_id: int
    slug: str
    is_scratch: bool

    @property
    def schema_name(self) -> str:
        """Return a name that no schema had: the number is new."""
        return name_schema(self.tenant_id, self.slug)


def restore(
    *, archive: Path, slug: str, identity: Path | None = None, although_removed: bool = False, now: datetime
) -> RestoreDone:
    """Make a new business of an archive, at the address ``slug``; all of it or nothing.

    Must not run inside a transaction. ``although_removed``: whoever asks for it knows that the business of the archive
    was closed and removed, and makes it again all the same.

    Raises:
        SlugInvalid, SlugReserved, SlugTaken: The address cannot be given: nobody's place is taken.
        ArchiveUnknown, ArchiveDamaged, ArchiveNewer, ArchiveStrange: It is not an archive that can be read here.
        IdentityNeeded, IdentityWrong: It is encrypted for somebody else.
        CopyDiffers: What came out is not what went in.
        BusinessRemovedBefore: It was removed, and nobody said that it shall be there again.
        TombstonesDamaged, TombstonesUnreadable: Whoever was erased since then might come back.
        Unavailable: Its files cannot be stored, or the database is away.
    """
    check_slug_is_free(slug)
    source = _open(archive, identity)
    if not although_removed:
        _check_not_removed(source.head)
    target = _choose_target(slug, is_scratch=False)
    erased = read_tombstones(_list_schemas(source.head))
    try:
        files = _store_files(source, target.schema_name)
        with _explained(), transaction.atomic(durable=True):
            done = _make(source, target, files, erased, now=now)
            if not although_removed:
                _check_not_removed(source.head)  # nor while it was read
            transaction.on_commit(forget_tenants)
    except BaseException:
        forget_files(target.schema_name)
        raise
    logger.info("tenant_restored", extra={"schema_name": target.schema_name})
    return done


def verify(*, archive: Path, identity: Path | None = None, now: datetime) -> RestoreDone:
    """Restore an archive into a scratch schema, compare everything, and roll it back; raises as `restore`."""
    source = _open(archive, identity)
    target = _choose_target(f"verify-{secrets.token_hex(6)}", is_scratch=True)
    files = _store_files(source, None)
    with _explained(), transaction.atomic(durable=True):
        done = _make(source, target, files, (), now=now)
        transaction.set_rollback(True)
    return done


def _open(archive: Path, identity: Path | None) -> _Source:
    identities = read_identities(identity)
    check_seal(archive, identities)
    head = read_head(archive, identities)
    known = set(MigrationLoader(None).disk_migrations)
    unknown = [f"{app}.{name}" for app, name in head.applied if (app, name) not in known]
    if unknown:
        raise ArchiveNewer(migration=unknown[-1])
    return _Source(archive, identities, head)


def _choose_target(slug: str, *, is_scratch: bool) -> _Target:
    ensure_template()
    with connection.cursor() as cursor:
        return _Target(shared.reserve_tenant_id(cursor), slug, is_scratch)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        failure = explain_failure(error)
        if failure is None:
            raise
        raise failure from error


def _store_files(source: _Source, schema_name: str | None) -> dict[str, TenantFile]:
    """Store the files under a schema's name, or only look at them; return them by their place in the archive."""
    stores = hooks.list_file_stores()
    found: dict[str, TenantFile] = {}
    with source.members() as members:
        for member in members:
            if member.folder != FILES:
                continue
            name, _, path = member.name.partition("/")
            if name not in stores or not is_inside(path):
                raise ArchiveDamaged
            digest = hashlib.sha256(member.content).hexdigest()
            found[member.name] = TenantFile(path, len(member.content), digest)
            if schema_name is not None:
                stores[name].write(schema_name, path, member.content)
    return found


def is_inside(path: str) -> bool:
    """Tell whether a path in an archive stays inside of the folder of its business."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts


def forget_files(schema_name: str) -> None:
    """Remove the files of a business that did not come to be; whatever failed, one that did keeps its own."""
    if Tenant.objects.filter(schema_name=schema_name).exists():
        return
    for store in hooks.list_file_stores().values():
        try:
            store.remove_all(schema_name)
        except Exception:  # the first failure is the one to tell; the sweep finds what is left
            logger.exception("restored_files_left", extra={"schema_name": schema_name})


def _make(
    source: _Source, target: _Target, files: dict[str, TenantFile], erased: Sequence[Stone], *, now: datetime
) -> RestoreDone:
    """Make the business, inside the caller's transaction, and compare it with the archive."""
    head = source.head
    info, taken = _add_tenant(head, target, now)
    notes = [f"{domain} answers for another business: it was left out." for domain in taken]
    with connection.cursor() as cursor:
        tables.speak_plainly(cursor)
        _make_schema(cursor, head, target.schema_name)
        manifest = _load(cursor, source, target.schema_name)
        _compare(cursor, head, manifest, target)
        if files != manifest.files:
            raise CopyDiffers(what="files")
        tables.check_keys(cursor)
        if head.state != get_migration_state():
            migrate_schema(target.schema_name, progress=lambda *_: tables.check_keys(cursor))
            notes.append("It came from an older version of Turnero, and was migrated to this one.")
        SchemaState.objects.create(schema_name=target.schema_name, state=get_migration_state())
        former = _list_schemas(head)
        Tenant.objects.filter(pk=target.tenant_id).update(former_schemas=former)
        told = _put_right(info, head, manifest, now=now)
        if not target.is_scratch:
            notes += told
            if info.removed_at is not None:
                # Its time was that of the one before, and over or nearly so: it would be removed at once.
                info = restart_closing(info, now=now)
                notes.append(CLOSED)
            if quiet.is_beside_another(head, target.tenant_id):
                quiet.begin_quiet(target.tenant_id, now=now)
                info = replace(info, quiet_since=now)
                notes.append(quiet.NOTE)
            reason = f"{source.path.name}, {head.made_at.isoformat(timespec='minutes')}"
            quiet.note(CopyAct.RESTORE, info, reason=reason[:500], now=now)
            with tenant_scope(info):
                hosts.ask_for_domain(head, target.tenant_id, taken=taken, now=now)
                # Whoever was erased while the archive was read is in the table by now.
                notes += _erase_again([*erased, *list_noted(_list_schemas(head))], now=now)
        tables.check_keys(cursor)
        if not target.is_scratch:
            tables.count_again(cursor, target.schema_name, list(tables.list_tables(cursor, target.schema_name)))
    if head.secret != mark_secret():
        notes.append(ELSEWHERE)
    notes += [f"{place} was lost already when the archive was made." for place in manifest.lost]
    return RestoreDone(
        tenant=info,
        name=head.name,
        made_at=head.made_at,
        tables=len(manifest.tables),
        rows=manifest.rows,
        files=len(files),
        notes=tuple(notes),
    )


def _add_tenant(head: Head, target: _Target, now: datetime) -> tuple[TenantInfo, list[str]]:
    """Add the business and its hosts, and return with it those that somebody else has by now."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            row = head.tenant if head.tenant.get("agreed", {}) is None else {**head.tenant, "agreed": ask_anew(now)}
            shared.write_tenant(
                cursor, row, tenant_id=target.tenant_id, schema_name=target.schema_name, slug=target.slug
            )
            Domain.objects.create(domain=make_subdomain(target.slug), tenant_id=target.tenant_id, is_primary=True)
    except IntegrityError as error:
        if Tenant.objects.filter(slug=target.slug).exists():
            raise SlugTaken from error
        raise
    # Whoever left this address a moment ago held it until now; the row above waited for that.
    if is_left_by_another(target.slug):
        raise SlugTaken
    taken = [] if target.is_scratch else hosts.list_taken(head)
    if not target.is_scratch:
        taken = sorted([*taken, *hosts.give_hosts(head, target.tenant_id, taken=taken)])
    tenant = Tenant.objects.get(pk=target.tenant_id)
    return make_info(tenant, tenant.domains.all()), taken


def _make_schema(cursor: Any, head: Head, schema_name: str) -> None:
    """Make the tables of the archive's version, with no row in them."""
    if head.state == get_migration_state():
        claim_spare(ensure_template(), schema_name)
    else:
        cursor.execute(f"CREATE SCHEMA {connection.ops.quote_name(schema_name)}")
        migrate_schema(schema_name, targets=_find_ends(head.applied))
    have = tables.list_tables(cursor, schema_name)
    wanted = head.tables
    strange = [name for name in {*have, *wanted} if set(have.get(name, ())) != set(wanted.get(name, ()))]
    if strange:
        raise ArchiveStrange(tables=_name_some(strange))
    tables.empty_tables(cursor, schema_name, list(have))


def _find_ends(applied: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the last migration of each app among those that a schema has, without those that stand for several."""
    graph, had = EachMigration(None).graph, set(applied)
    return [
        node
        for node in applied
        if node in graph.node_map
        and not any(child.key in had and child.key[0] == node[0] for child in graph.node_map[node].children)
    ]


def _load(cursor: Any, source: _Source, schema_name: str) -> Manifest:
    """Fill the tables, and the business's rows in those of the platform."""
    models = {model._meta.label: model for model in shared.list_shared_models()}  # noqa: SLF001
    manifest: Manifest | None = None
    with source.members() as members:
        for member in members:
            if member.folder == TABLES:
                table = member.name.partition("/")[0]
                tables.write_table(cursor, schema_name, table, source.head.tables[table], member.content)
            elif member.folder == SHARED:
                model = models.get(member.name.removesuffix(".jsonl"))
                # A table of an older version that is no more has nothing to say either.
                if model is not None and member.content:
                    shared.write_shared(cursor, model, schema_name, member.content.decode().split("\n"))
            elif member.name == MANIFEST:
                manifest = parse_manifest(member.content)
    if manifest is None:
        raise ArchiveDamaged
    tables.set_sequences(cursor, schema_name, manifest.sequences)
    return manifest


def _compare(cursor: Any, head: Head, manifest: Manifest, target: _Target) -> None:
    """Refuse what is not exactly what was backed up."""
    schema_name = target.schema_name
    found = {table: tables.digest_table(cursor, schema_name, table, columns) for table, columns in head.tables.items()}
    different = [table for table in found if found[table] != manifest.tables.get(table)]
    if tables.list_sequences(cursor, schema_name) != manifest.sequences:
        different.append("sequences")
    if head.state == get_migration_state():  # the platform's tables are those of the present version
        if shared.read_tenant(cursor, target.tenant_id) != head.tenant:
            different.append("the business itself")
        for model in shared.list_shared_models():
            label = model._meta.label  # noqa: SLF001
            if shared.digest_rows(shared.read_shared(cursor, model, schema_name)) != manifest.shared.get(label):
                different.append(label)
    if different:
        raise CopyDiffers(what=_name_some(different))


def _put_right(info: TenantInfo, head: Head, manifest: Manifest, *, now: datetime) -> list[str]:
    """Let every room put right what holds the schema's name, and compare what its rows say of files."""
    restored = RestoredTenant(info, head.schema_name, head.secret == mark_secret(), now)
    with tenant_scope(info):
        notes = [note for step in hooks.list_restore_steps() for note in step(restored)]
        named = list_files()
    if named != {**manifest.files, **manifest.lost}:
        raise CopyDiffers(what="files")
    return notes


def _list_schemas(head: Head) -> list[str]:
    """Return the schemas that an archive was made of, oldest first."""
    return [*head.tenant.get("former_schemas", ()), head.schema_name]


def _check_not_removed(head: Head) -> None:
    removal = find_removal(head.schema_name) if head.platform == get_platform_name() else None
    if removal is not None:
        raise BusinessRemovedBefore(at=removal.began_at)


def _erase_again(erased: Sequence[Stone], *, now: datetime) -> list[str]:
    number = erase_again(erased, now=now)
    return [REERASED % {"number": number}] if number else []


def _name_some(names: Sequence[str]) -> str:
    first = ", ".join(sorted(names)[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{first} and {more} more" if more > 0 else first
