"""Expected failures of files."""

from __future__ import annotations

from kernel.errors import Conflict, NotFound, Unavailable
from kernel.text import mark


class FileUnknown(NotFound):
    """There is no such file, or not for this person."""

    code = "file_unknown"
    text = mark("This file does not exist or was removed.")


class StorageFull(Conflict):
    """The business keeps as many bytes as it may."""

    code = "storage_full"
    text = mark(
        "There is no room for more pictures: your business may keep %(megabytes)d MB. Please remove some that you no "
        "longer need."
    )

    def __init__(self, *, megabytes: int) -> None:
        super().__init__(megabytes=megabytes)


class StorageAway(Unavailable):
    """The place where files lie does not answer."""

    code = "storage_away"
    text = mark("Pictures cannot be reached right now. Please try again in a moment.")


class CopyAway(StorageAway):
    """The place where copies lie does not answer."""

    text = mark("The copy cannot be reached right now. Please try again in a moment.")


class CopyUnknown(NotFound):
    """There is no such copy of all data, or it was removed."""

    code = "copy_unknown"
    text = mark(
        "This copy is not there any more: each is kept for seven days, or until somebody's data is erased. Ask for "
        "a new one under “Your data”."
    )
