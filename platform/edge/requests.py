"""What a request says about its sender."""

from __future__ import annotations

from django.http import HttpRequest

from kernel.identity import addresses


def find_address(request: HttpRequest) -> str:
    """Return the network address of the caller, as the server saw it; empty over a Unix socket.

    Headers such as ``X-Forwarded-For`` are not read: anyone can send any. The server's own
    setting says which proxy it believes.
    """
    return str(request.META.get("REMOTE_ADDR", ""))


def find_block(request: HttpRequest) -> str:
    """Return the address block of the caller, by which calls are limited."""
    return addresses.find_block(find_address(request))
