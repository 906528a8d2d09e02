"""Broken lines of the widget's frames: who may show them, and who is somebody in them."""

from __future__ import annotations

from devtools.mutate.mutant import Mutant

_FILE, _FRAMES = "platform/web/widget/frames.py", "tests/integration/web/widget/test_frames.py"

FRAMING = (
    Mutant("any site may show a frame", _FILE, "[SELF, *sites]", '["*"]', (_FRAMES,)),
    Mutant(
        "staff is signed in within a frame",
        _FILE,
        '        request.META.pop("HTTP_COOKIE", None)\n'
        "        request.COOKIES = {LANGUAGE_COOKIE: frame.language} if frame.language else {}\n",
        "",
        (_FRAMES,),
    ),
    Mutant("a frame sets cookies", _FILE, "    response.cookies.clear()\n", "", (_FRAMES,)),
    Mutant("a form in a frame needs no token", _FILE, "return is_ours and", "return is_ours or", (_FRAMES,)),
    Mutant(
        "a form in a frame may come from any site",
        _FILE,
        "return is_ours and",
        "return isinstance(is_ours, bool) and",
        (_FRAMES,),
    ),
    Mutant("a form's token is good for every business", _FILE, " == tenant.schema_name", ' != ""', (_FRAMES,)),
    Mutant("a form's token is good for ever", _FILE, "max_age=TOKEN_SECONDS", "max_age=None", (_FRAMES,)),
    Mutant("the workspace is shown in a frame", _FILE, "        request.urlconf = URLCONF\n", "", (_FRAMES,)),
)
