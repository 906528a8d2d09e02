"""What cannot be backed up or restored, and why."""

from __future__ import annotations

from kernel.errors import Conflict, Invalid, NotFound, Unavailable
from kernel.text import mark


class ServerUnready(Conflict):
    """The PostgreSQL server is not set as a backup needs it."""

    code = "server_unready"
    text = mark("The platform cannot be backed up like this: %(why)s.")

    def __init__(self, *, why: str) -> None:
        super().__init__(why=why)


class ServerAway(Unavailable):
    """PostgreSQL does not answer, or refuses us."""

    code = "server_away"
    text = mark("PostgreSQL does not answer: %(why)s.")

    def __init__(self, *, why: str) -> None:
        super().__init__(why=why)


class ProgramFailed(Unavailable):
    """A program of PostgreSQL is missing or ended with an error."""

    code = "program_failed"
    text = mark("%(program)s failed: %(why)s.")

    def __init__(self, *, program: str, why: str) -> None:
        super().__init__(program=program, why=why)


class BackupBusy(Conflict):
    """Another process is backing up the platform."""

    code = "backup_busy"
    text = mark("The platform is being backed up already.")


class NoBackup(NotFound):
    """There is no backup of the platform that can be used."""

    code = "no_backup"
    text = mark("There is no backup of the platform: %(why)s.")

    def __init__(self, *, why: str) -> None:
        super().__init__(why=why)


class BackupSpoiled(Invalid):
    """A backup of the platform is not as it was written, or a part of it is missing."""

    code = "backup_spoiled"
    text = mark("The backup %(label)s cannot be restored: %(why)s.")

    def __init__(self, *, label: str, why: str) -> None:
        super().__init__(label=label, why=why)


class LogGap(Invalid):
    """A part of the write-ahead log is missing."""

    code = "log_gap"
    text = mark("The log has a gap: %(missing)s is not in the store. Nothing past %(last)s can be reached.")

    def __init__(self, *, missing: str, last: str) -> None:
        super().__init__(missing=missing, last=last)


class TargetUnreachable(Invalid):
    """No backup reaches the instant that was asked for."""

    code = "target_unreachable"
    text = mark("That instant cannot be reached: %(why)s.")

    def __init__(self, *, why: str) -> None:
        super().__init__(why=why)


class PlaceRefused(Invalid):
    """A folder is not one to restore into."""

    code = "place_refused"
    text = mark("%(folder)s cannot be used: %(why)s.")

    def __init__(self, *, folder: str, why: str) -> None:
        super().__init__(folder=folder, why=why)


class StoreAway(Unavailable):
    """The place where backups lie does not answer."""

    code = "store_away"
    text = mark("The store of backups does not answer: %(why)s.")

    def __init__(self, *, why: str) -> None:
        super().__init__(why=why)
