"""django-allauth's forms in our words; the setting ``ACCOUNT_FORMS`` names them."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from web.parts.contacts import EmailField
from web.parts.fields import FILL_IN
from web.parts.forms import PageMixin

EMAIL = gettext_lazy("E-mail")
PASSWORD = gettext_lazy("Password")
NEW_PASSWORD = gettext_lazy("New password")
AGAIN = gettext_lazy("The same again")
LENGTH = gettext_lazy("At least 10 characters.")


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

    labels = {"oldpassword": gettext_lazy("Present password"), "password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": LENGTH}


class SetPasswordForm(AccountMixin, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """The first password of somebody who has none."""

    labels = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": LENGTH}


class ConfirmForm(AccountMixin, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    labels = {"password": PASSWORD}
