"""Broken lines of backups of the platform: what is kept, what is chosen, what is refused."""

from __future__ import annotations

from devtools.mutate.mutant import Mutant

_CHAINS, _MANIFESTS = "tests/unit/recovery/engine/test_chains.py", "tests/unit/recovery/engine/test_manifests.py"
_TIMELINES, _WAL = "tests/unit/recovery/engine/test_timelines.py", "tests/unit/recovery/engine/test_wal.py"
_KEEPING, _RESTORING = "tests/integration/recovery/test_keeping.py", "tests/integration/recovery/test_restoring.py"

RECOVERING = (
    Mutant(
        "a changed file of a backup is noticed by its length alone",
        "platform/recovery/engine/manifests.py",
        "if came[path] != listed[path]:",
        "if came[path].bytes != listed[path].bytes:",
        (_MANIFESTS,),
    ),
    Mutant(
        "a list of files is believed whatever its sum",
        "platform/recovery/engine/manifests.py",
        "if hashlib.sha256(head).hexdigest() != wanted:",
        "if not wanted:",
        (_MANIFESTS,),
    ),
    Mutant(
        "a backup reaches back to its beginning",
        "platform/recovery/engine/chains.py",
        "target is None or each.end_at <= target]",
        "target is None or each.began_at <= target]",
        (_CHAINS,),
    ),
    Mutant(
        "the last good backup goes once it is old",
        "platform/recovery/engine/chains.py",
        "if first != last_good and now",
        "if last_good and now",
        (_CHAINS,),
    ),
    Mutant(
        "a backup of what was given up is restored",
        "platform/recovery/engine/timelines.py",
        "return timeline == living or end_lsn <= left.get(timeline, -1)",
        "return timeline <= living or end_lsn <= left.get(timeline, -1)",
        (_TIMELINES,),
    ),
    Mutant(
        "a gap in the log is passed over",
        "platform/recovery/engine/wal.py",
        "if name != expected:",
        "if name < expected:",
        (_WAL,),
    ),
    Mutant(
        "an archive writes outside of its folder",
        "platform/recovery/services/restoring.py",
        ' or ".." in parts or member.name.startswith("/"):',
        ":",
        (_RESTORING,),
    ),
    Mutant(
        "the log that PostgreSQL needs itself is emptied",
        "platform/recovery/services/log_archive.py",
        'if (spool / "archive_status").exists():',
        "if not spool:",
        (_KEEPING,),
    ),
)
