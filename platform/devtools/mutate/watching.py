"""Broken lines of what operators watch: who may read it, and what must not get into it."""

from __future__ import annotations

from devtools.mutate.mutant import Mutant

_FIGURES, _BOUNDS = "tests/integration/web/test_figures.py", "tests/unit/telemetry/test_bounds.py"
_REQUESTS, _TRACING = "tests/unit/edge/test_requests.py", "tests/unit/telemetry/test_tracing.py"

WATCHING = (
    Mutant(
        "figures are read without the token",
        "platform/web/figures.py",
        "    if not token:\n",
        "    if token:\n",
        (_FIGURES,),
    ),
    Mutant(
        "figures are read at a business's name",
        "platform/web/figures.py",
        "    if not is_asked_by_address(request):\n",
        "    if not request.META:\n",
        (_FIGURES,),
    ),
    Mutant(
        "whoever asks through the proxy asks on this machine",
        "platform/edge/requests.py",
        "    if any(name in request.META for name in PASSING_ON):\n",
        "    if not PASSING_ON:\n",
        (_REQUESTS,),
    ),
    Mutant(
        "anybody gives a request its id",
        "platform/edge/requests.py",
        'if request.META.get("REMOTE_PORT") != PASSED_ON:',
        "if PASSED_ON:",
        (_REQUESTS,),
    ),
    Mutant(
        "an id is any text",
        "platform/telemetry/tracing.py",
        "    if _UUID.fullmatch(text) is None:\n",
        "    if not text:\n",
        (_TRACING,),
    ),
    Mutant(
        "a label has as many values as come",
        "platform/telemetry/bounds.py",
        "            if len(self._known) >= self._most:\n",
        "            if self._most < 0:\n",
        (_BOUNDS,),
    ),
    Mutant(
        "figures name what was asked for",
        "platform/edge/measuring.py",
        "match.view_name or UNNAMED",
        "request.path",
        ("tests/unit/edge/test_measuring.py",),
    ),
    Mutant(
        "lines hold the caller's address",
        "platform/edge/middleware.py",
        '"network": find_block(request)',
        '"network": str(request.META.get("REMOTE_ADDR"))',
        ("tests/unit/edge/test_middleware.py",),
    ),
)
