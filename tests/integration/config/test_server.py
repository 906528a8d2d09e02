"""The web process of production, asked to end while somebody visits."""

from __future__ import annotations

import signal
import socket

from tests.fakes.failing.processes import running_process, wait_until


def test_process_is_taken_out_first_serves_on_and_then_ends_in_order(tenants, django_db_blocker, tmp_path):
    log, address = tmp_path / "log", tmp_path / "notify"
    info = tenants["taller"]

    with django_db_blocker.unblock(), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        with running_process(info, log, "-m", "config.server", "--drain", "1.5", NOTIFY_SOCKET=str(address)) as (
            site,
            process,
        ):
            before = (site.call("GET", "/healthz"), site.call("GET", "/api/v1/services"))
            process.send_signal(signal.SIGTERM)
            wait_until(lambda: site.call("GET", "/healthz") == 503, log)
            meanwhile = (site.call("GET", "/readyz"), site.call("GET", "/api/v1/services"))
            code = process.wait(60)
        told = manager.recv(100)

    assert (before, meanwhile, code, told) == ((200, 200), (503, 200), 0, b"READY=1")
