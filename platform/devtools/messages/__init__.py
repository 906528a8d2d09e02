"""Translations without the gettext tools: collect, merge, check, compile."""

from __future__ import annotations

from devtools.messages.catalogs import compile_catalogs
from devtools.messages.command import run_messages

__all__ = ["compile_catalogs", "run_messages"]
