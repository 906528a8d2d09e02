"""What operators type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from kernel.errors import Invalid


class ActForm(forms.Form):
    """Why something is done to a business; what was typed stays when it is refused.

    The service alone says what is wrong: the form asks for nothing by itself.
    """

    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, strip=False, widget=forms.Textarea({"rows": 4})
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "f-%s", **kwargs})
        field = self.fields["reason"]
        field.help_text = hint
        field.is_needed = True  # type: ignore[attr-defined]  # what pages draw beside the label

    @property
    def focused(self) -> str | None:
        """Return the field that gets the focus: the first one that is wrong, or the first one."""
        return next((name for name in self.fields if name in self.errors), "reason")

    def refuse(self, error: Invalid) -> None:
        """Mark what the service refused, each at its field."""
        for name, texts in error.errors.items():
            for text in texts:
                self.add_error(name, gettext(text))


class CloseForm(ActForm):
    """Why a business is closed, and its short name."""

    typed_name = forms.CharField(
        label=gettext_lazy("Short name of the business"),
        required=False,
        strip=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, hint: str, slug: str, **kwargs: Any) -> None:
        super().__init__(*args, hint=hint, **kwargs)
        field = self.fields["typed_name"]
        field.help_text = gettext("Type “%(slug)s”, so that you close the right one.") % {"slug": slug}
        field.is_needed = True  # type: ignore[attr-defined]
