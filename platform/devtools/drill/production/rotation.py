"""Logs are turned over while web processes and PostgreSQL write: what is lost, and who goes on writing into old files.

Web, workers, beat and Caddy write into the journal, which is turned over and started anew meanwhile; PostgreSQL and
Redis into files of Debian's ``logrotate``.
"""

from __future__ import annotations

from devtools.drill.production.looking import AUTHORITY, HOST, tell
from devtools.drill.production.machine import Machine

LINES = 400
_ASK = (
    f"curl --silent --output /dev/null --cacert /{AUTHORITY} --resolve {HOST}:443:127.0.0.1 "
    f"'https://{HOST}/turned-over-[1-{LINES}]'"
)
"""Nothing is there, which web processes write down."""
_SAY = (
    'runuser --user postgres -- psql --quiet --command "DO \\$\\$ BEGIN '
    f"FOR n IN 1..{LINES} LOOP RAISE LOG 'turned over %', n; PERFORM pg_sleep(0.01); END LOOP; END \\$\\$\""
)
TURN_OVER = "logrotate --force /etc/logrotate.conf && journalctl --rotate && systemctl restart systemd-journald"
BUSY = f"{_ASK} & {_SAY} & for turn in 1 2; do sleep 1.5; {TURN_OVER} || exit; done; wait; journalctl --sync"
_COUNT = "| sort --unique | wc --lines"
OF_WEB = (
    "journalctl --unit 'turnero-web@*' --since -5min --output cat --no-pager "
    f"""| grep --only-matching '"GET /turned-over-[0-9]*", "event": "request_finished"' {_COUNT}"""
)
OF_POSTGRESQL = (
    "zcat --force /var/log/postgresql/postgresql-15-main.log* "
    f"| grep --only-matching 'LOG:  turned over [0-9]*' {_COUNT}"
)
OPEN = "find /proc/[0-9]*/fd -lname '/var/log/*' -printf '%l\\n' 2> /dev/null | sort --unique || true"


def look_at_logs(machine: Machine) -> bool:
    """Turn logs over under load, and tell whether every line of ours is there and nobody writes into an old file.

    ``logrotate`` copies and empties PostgreSQL's file: a line that is written in between is in neither. How many those
    are is printed.
    """
    turned = machine.run(BUSY)
    tell(turned.returncode == 0, f"logs are turned over twice under load  {turned.stdout.strip()[-300:]}")
    counts = [int(machine.run(line).stdout.split()[-1]) for line in (OF_WEB, OF_POSTGRESQL)]
    tell(counts[0] == LINES, f"{counts[0]} of {LINES} lines of web processes are in the journal")
    tell(True, f"{counts[1]} of {LINES} lines are in PostgreSQL's files")
    names = machine.run(OPEN).stdout.split()
    old = [name for name in names if not name.endswith((".log", "/system.journal"))]
    tell(not old, f"nobody writes into a file that was turned over  {' '.join(old)}")
    return turned.returncode == 0 and counts[0] == LINES and not old
