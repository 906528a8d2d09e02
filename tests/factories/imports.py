"""Files with customers that somebody brought in."""

from __future__ import annotations

import io
from uuid import UUID

from kernel.clock import utc_now
from scheduling.enums import KnownRule
from scheduling.selectors.imports.runs import get_import
from scheduling.services.imports.steps import choose_columns
from scheduling.services.imports.uploading import take_file
from scheduling.services.imports.working import work_on

ROWS = (
    "Nombre completo,Tel,Placas,Observaciones\n"
    "Maximiliano Fernández de la Concepción,5512345601,NXP482A,Llega tarde\n"
    f",5.51235E+09,{'X' * 90},Una observación larga que cabe en un teléfono angosto\n"
)


def make_checked_import() -> UUID:
    """Return the key of an import that waits for somebody to begin it, with a problem in it."""
    key = take_file(file=io.BytesIO(ROWS.encode()), name="clientes-taller-2026.csv", by_id=1, now=utc_now())
    view = get_import(key=key)
    choose_columns(key=key, targets=view.targets, known=KnownRule.FILL, now=utc_now())
    work_on(view.id, utc_now())
    return key
