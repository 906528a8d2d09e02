"""A supervisor with small children, as a process of its own for the tests to signal: FOLDER."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from devtools.processes import own_environment
from devtools.supervising.child import ChildSpec
from devtools.supervising.supervisor import Supervisor, end_leftovers

_STEADY = "import time, os; print('up', os.getpid(), flush=True); time.sleep(600)"
# Its own child stays in its process group and would outlive it.
_WITH_POOL = """
import subprocess, sys, time
pool = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("pool", pool.pid, flush=True)
time.sleep(600)
"""
_SLOW_TO_END = """
import signal, time
def end(*_):
    time.sleep(1)
    print("ended in order", flush=True)
    raise SystemExit
signal.signal(signal.SIGTERM, end)
print("slow up", flush=True)
time.sleep(600)
"""


async def main(folder: Path) -> None:
    supervisor = Supervisor(folder)
    supervisor.listen_to_signals()
    environment = own_environment()
    for name, code in (("steady", _STEADY), ("pooled", _WITH_POOL), ("slow", _SLOW_TO_END)):
        supervisor.keep(ChildSpec(name=name, command=[sys.executable, "-c", code], environment=environment))
    await supervisor.wait_for_stop()
    await supervisor.stop(last=["slow"])
    print("stopped", flush=True)


if __name__ == "__main__":
    end_leftovers(Path(sys.argv[1]))
    asyncio.run(main(Path(sys.argv[1])))
