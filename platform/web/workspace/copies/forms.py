"""What is typed before all data of the business leaves."""

from __future__ import annotations

from web.parts.forms import PageForm
from web.parts.proofs import make_code_field


class TakeForm(PageForm):
    """A code of the second step, of whoever has one: a screen that was left open carries nothing off."""

    code = make_code_field()
    focus_first = "code"
