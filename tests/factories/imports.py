"""Files that somebody brought in."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from kernel.clock import utc_now
from scheduling.enums import ImportKind, KnownRule
from scheduling.selectors.imports.runs import get_import
from scheduling.services.imports.steps import choose_columns
from scheduling.services.imports.uploading import take_file
from scheduling.services.imports.working import work_on
from scheduling.types.imports.options import VisitOptions

ROWS = (
    "Nombre completo,Tel,Placas,Observaciones\n"
    "Maximiliano Fernández de la Concepción,5512345601,NXP482A,Llega tarde\n"
    f",5.51235E+09,{'X' * 90},Una observación larga que cabe en un teléfono angosto\n"
)


def bring_file(*, file: BinaryIO, now: datetime, **more: Any) -> UUID:
    """Take a file in, let a worker read it, and return the key of its import."""
    key = take_file(file=file, now=now, **more)
    work_on(get_import(key=key).id, now)
    return key


def make_checked_import() -> UUID:
    """Return the key of an import that waits for somebody to begin it, with a problem in it."""
    key = bring_file(file=io.BytesIO(ROWS.encode()), name="clientes-taller-2026.csv", by_id=1, now=utc_now())
    view = get_import(key=key)
    choose_columns(key=key, targets=view.targets, known=KnownRule.FILL, now=utc_now())
    work_on(view.id, utc_now())
    return key


def make_visit_rows() -> str:
    """Return a file with visits of next year, a problem of each kind in it."""
    year = utc_now().year + 1
    return (
        "Nombre completo,Tel,Fecha,Hora,Servicio,Duración\n"
        f"Maximiliano Fernández de la Concepción,5512345601,25/3/{year},10:00,Un servicio que nadie conoce,90 min\n"
        f"Ana Torres,5512345602,31/02/{year},3 pm,,\n"
        f"Eva Ruiz,5512345603,26/3/{year},03:00,{'X' * 90},60\n"
    )


def make_checked_visits(service_id: int | None = None) -> UUID:
    """Return the key of an import of visits that waits to begin; a service stands in for unknown ones."""
    file = io.BytesIO(make_visit_rows().encode())
    key = bring_file(file=file, name="citas.csv", by_id=1, now=utc_now(), kind=ImportKind.BOOKINGS)
    view = get_import(key=key)
    choose_columns(key=key, targets=view.targets, options=VisitOptions(service_id=service_id), now=utc_now())
    work_on(view.id, utc_now())
    return key
