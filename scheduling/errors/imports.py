"""Expected failures of imports."""

from __future__ import annotations

from kernel.errors import Conflict, Invalid, NotFound
from kernel.text import mark


class ImportNotFound(NotFound):
    """There is no such import (any more)."""

    code = "import_not_found"
    text = mark("This import does not exist.")


class ImportKnown(Conflict):
    """This very file was imported already."""

    code = "import_known"
    text = mark("This very file was imported already. Undo that import first if you want it once more.")


class ImportBusy(Conflict):
    """Another import is being worked on."""

    code = "import_busy"
    text = mark("Another import is being worked on. Wait until it is done.")


class ImportElsewhere(Conflict):
    """The import is not where this could be done."""

    code = "import_elsewhere"
    text = mark("This import has gone on meanwhile. Look at where it stands.")


class ImportUnreadable(Invalid):
    """The file, or what was said about its columns, cannot be taken; ``text`` says why."""

    code = "import_unreadable"

    def __init__(self, text: str, **params: object) -> None:
        self.text = text
        super().__init__(errors={"file": (text,)}, **params)
