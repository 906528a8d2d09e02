"""A service together with its extras: one form, one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from audit.errors import ChangedMeanwhile
from kernel.errors import Invalid
from kernel.text import mark
from scheduling.errors import BookingsInTheWay, SetupInvalid
from scheduling.selectors.catalog.entries import list_add_on_entries
from scheduling.services.catalog.add_ons import NOUN as ADD_ON
from scheduling.services.catalog.add_ons import change_add_on, create_add_on
from scheduling.services.catalog.door import archive
from scheduling.services.catalog.services import change_service, create_service
from scheduling.types import Actor, AddOnSetup, LocalText, ServiceSetup

GONE = mark("Somebody took this extra away meanwhile. Take it away too, or save again to add it anew.")
STILL_BOOKED = mark("Coming appointments contain an extra that you took away. Move or cancel them first.")


@dataclass(frozen=True, slots=True)
class ExtraLine:
    """An extra as a form sends it: ``add_on_id`` and ``version`` are None for a new one."""

    name: str
    minutes: int
    price_minor: int
    add_on_id: int | None = None
    version: int | None = None
    texts: tuple[LocalText, ...] = ()


@transaction.atomic
def create_service_with_extras(*, setup: ServiceSetup, extras: Sequence[ExtraLine], by: Actor, now: datetime) -> int:
    """Create a service with its extras and return its id.

    Raises:
        SetupInvalid: As `create_service`; of an extra at ``add_ons.<number>.<field>``.
    """
    service_id = create_service(setup=setup, by=by, now=now)
    _save_extras(service_id, extras, (), by=by, now=now)
    return service_id


@transaction.atomic
def change_service_with_extras(
    *,
    service_id: int,
    setup: ServiceSetup,
    extras: Sequence[ExtraLine],
    known: Collection[int],
    version: int | None,
    by: Actor,
    now: datetime,
    is_restored: bool = False,
) -> int:
    """Change a service and its extras and return the service's version.

    ``known`` are the extras that the editor saw: those that are left out are archived, and what somebody else
    added meanwhile stays. ``is_restored``: As in `change_service`.

    Raises:
        ServiceNotFound, ChangedMeanwhile, Archived: As `change_service`.
        SetupInvalid: As `create_service_with_extras`; also for an extra that somebody else changed or took
            away, or that coming bookings need.
    """
    saved = change_service(service_id=service_id, setup=setup, version=version, by=by, now=now, is_restored=is_restored)
    _save_extras(service_id, extras, known, by=by, now=now)
    return saved


def _save_extras(
    service_id: int, extras: Sequence[ExtraLine], known: Collection[int], *, by: Actor, now: datetime
) -> None:
    present = {entry.id: entry for entry in list_add_on_entries(service_id=service_id, now=now)}
    kept = {line.add_on_id for line in extras}
    for add_on_id in present:
        if add_on_id in known and add_on_id not in kept:
            with _telling("add_ons"):
                archive(ADD_ON, add_on_id, version=None, by=by, now=now)
    for number, line in enumerate(extras):
        setup = AddOnSetup(
            service_id=service_id, name=line.name, minutes=line.minutes, price_minor=line.price_minor, position=number,
            texts=line.texts,
        )  # fmt: skip
        entry = present.get(line.add_on_id or 0)
        with _telling(f"add_ons.{number}"):
            if entry is None and line.add_on_id is not None:
                raise SetupInvalid(errors={"name": (GONE,)})
            if entry is None:
                create_add_on(setup=setup, by=by, now=now)
            elif entry.setup != setup:
                is_only_moved = replace(entry.setup, position=number) == setup
                version = entry.version if is_only_moved else line.version
                change_add_on(add_on_id=entry.id, setup=setup, version=version, by=by, now=now)


@contextmanager
def _telling(where: str) -> Iterator[None]:
    """Tell what refuses an extra at its place in the form."""
    try:
        yield
    except ChangedMeanwhile as error:
        raise SetupInvalid(errors={f"{where}.name": (error.text,)}) from error
    except BookingsInTheWay as error:
        raise SetupInvalid(errors={where: (STILL_BOOKED,)}) from error
    except Invalid as error:
        raise SetupInvalid(errors={f"{where}.{name}": texts for name, texts in error.errors.items()}) from error
