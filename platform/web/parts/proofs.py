"""What people type to prove that it is them: password, code of the second step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.types import Proof
from edge.requests import find_address
from kernel.clock import utc_now
from kernel.identity.addresses import find_network
from web.parts.fields import TextField
from web.parts.forms import PageForm
from web.parts.voice import FILL_IN

PASSWORD = gettext_lazy("Password")
CODE_HINT = gettext_lazy("Six digits from your app, or one of your recovery codes.")
CODE_ATTRS = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
LONGEST_PASSWORD = 4096


def make_code_field() -> TextField:
    """Return the field of a code."""
    return TextField(label=gettext_lazy("Code"), max_length=40, help_text=CODE_HINT, attrs=CODE_ATTRS)


class PasswordForm(PageForm):
    """The password, before something that matters; it is taken as it was typed."""

    password = forms.CharField(
        label=PASSWORD,
        strip=False,
        max_length=LONGEST_PASSWORD,
        error_messages={"required": FILL_IN},
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    focus_first = "password"


class StepForm(PasswordForm):
    """The password, and of whoever has a second step a code: before what opens another way in."""

    code = make_code_field()

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.second_step:
            del self.fields["code"]

    def prove(self, request: HttpRequest) -> Proof:
        """Return what was typed."""
        return make_proof(request, password=self.cleaned_data["password"], code=self.cleaned_data.get("code"))


class ProofForm(PasswordForm):
    """Password and code, before something that matters."""

    code = make_code_field()


def make_proof(request: HttpRequest, *, password: str | None = None, code: str | None = None) -> Proof:
    """Return what somebody typed, with the network that it came from."""
    return Proof(network=find_network(find_address(request)), now=utc_now(), password=password, code=code)
