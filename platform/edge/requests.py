"""What a request says about its sender."""

from __future__ import annotations

from django.http import HttpRequest


def find_address(request: HttpRequest) -> str:
    """Return the network address of the caller, as the server saw it; empty over a Unix socket.

    Headers such as ``X-Forwarded-For`` are not read: anyone can send any. The server's own
    setting says which proxy it believes.
    """
    return str(request.META.get("REMOTE_ADDR", ""))
