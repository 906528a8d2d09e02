"""django-allauth's forms in our words; the setting ``ACCOUNT_FORMS`` names them."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from allauth.core import context
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.policies import SECOND_STEP
from accounts.services.second_step import take_step
from kernel.errors import Invalid, LimitReached
from web.errors import translate_error
from web.parts.contacts import EmailField
from web.parts.fields import TextField
from web.parts.forms import PageForm, PageMixin, translate_findings
from web.parts.proofs import CODE_ATTRS, LONGEST_PASSWORD, PASSWORD, ProofForm, make_code_field, make_proof
from web.parts.voice import FILL_IN
from web.parts.widgets import PasswordInput

EMAIL = gettext_lazy("E-mail")
NEW_PASSWORD = gettext_lazy("New password")
AGAIN = gettext_lazy("The same password again")
LENGTH = gettext_lazy("At least 10 characters.")
# allauth's own sentence, which no setting replaces: marked here, our catalog translates it.
NOT_TWICE = gettext_lazy("You must type the same password each time.")


class AccountMixin(PageMixin):
    """Labels, hints and refusals of ours; no text inside of the boxes.

    Attributes:
        labels: By field; the first one has the focus.
    """

    labels: ClassVar[dict[str, str | Promise]] = {}
    hints: ClassVar[dict[str, str | Promise]] = {}
    autocomplete: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            if isinstance(self.fields[name], forms.EmailField):
                self.fields[name] = EmailField()
            field = self.fields[name]
            field.label = label  # type: ignore[assignment]  # translated when it is drawn
            field.help_text = str(self.hints.get(name, ""))
            field.error_messages["required"] = str(FILL_IN)
            field.widget.attrs.pop("placeholder", None)
            if name in self.autocomplete:
                field.widget.attrs["autocomplete"] = self.autocomplete[name]

    @property
    def focused(self) -> str | None:
        """Return the first wrong field, or the first one of all."""
        return super().focused or next(iter(self.labels), None)


class SignInForm(AccountMixin, allauth_forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    """Who signs in."""

    labels = {"login": EMAIL, "password": PASSWORD}
    autocomplete = {"login": "username"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remember"].initial = True


class AskForLinkForm(AccountMixin, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Where the link that sets a new password goes."""

    labels = {"email": EMAIL}
    autocomplete = {"email": "username"}


class NewPasswordForm(AccountMixin, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, by a link."""

    labels = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": LENGTH}


class ChangePasswordForm(AccountMixin, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """A new password instead of the present one."""

    labels = {"oldpassword": gettext_lazy("Current password"), "password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": LENGTH}


class SetPasswordForm(AccountMixin, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """The first password of somebody who has none."""

    labels = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": LENGTH}


class SetUpForm(ProofForm):
    """What the app shows for the secret that it was given; ``setup`` is the secret, sealed."""

    setup = forms.CharField(widget=forms.HiddenInput, required=False)
    code = TextField(label=gettext_lazy("Code that the app shows"), max_length=40, attrs=CODE_ATTRS)
    focus_first = "code"
    field_order = ("code", "password")


class CodeForm(PageForm):
    """The second step of signing in; allauth's view makes it, checks it and goes on.

    Attributes:
        user: Whose password was right.
    """

    code = make_code_field()
    focus_first = "code"

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.session_mark = ""

    def clean_code(self) -> str:
        """Take the code; it counts once.

        Raises:
            ValidationError: It is wrong, or too many were.
        """
        code: str = self.cleaned_data["code"]
        try:
            self.session_mark = take_step(self.user, proof=make_proof(context.request, code=code))
        except Invalid as error:
            raise forms.ValidationError([*translate_findings(error.errors)["code"]]) from error
        except LimitReached as error:
            raise forms.ValidationError(translate_error(error)) from error
        return code

    def save(self) -> None:
        """Let the session know that the step was taken."""
        context.request.session[SECOND_STEP] = self.session_mark


class JoinForm(PageForm):
    """Whoever was invited says who they are."""

    name = TextField(label=gettext_lazy("Your name"), max_length=120, attrs={"autocomplete": "name"})
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        help_text=LENGTH,
        error_messages={"required": FILL_IN},
        widget=PasswordInput({"autocomplete": "new-password"}),
    )
    focus_first = "name"


class ConfirmForm(AccountMixin, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    labels = {"password": PASSWORD}
