"""Who one is, with which e-mail, and what one is told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from accounts.enums import Notice
from web.parts.contacts import EmailField
from web.parts.fields import ChoiceField, ChoicesField, TextField
from web.parts.forms import PageForm
from web.parts.proofs import StepForm

LANGUAGES = (("es", "Español"), ("en", "English"))
"""Each in its own words."""


class DetailsForm(PageForm):
    """Name and language."""

    name = TextField(label=gettext_lazy("Name"), max_length=120, attrs={"autocomplete": "name"})
    locale = ChoiceField(
        label=gettext_lazy("Language"), choices=LANGUAGES, help_text=gettext_lazy("For your pages and e-mails.")
    )


class EmailForm(StepForm):
    """Another e-mail, with the password, and a code where there is a second step."""

    email = EmailField(
        label=gettext_lazy("New e-mail"),
        help_text=gettext_lazy(
            "It changes once you open the link that we send there. Your current address is told as well."
        ),
    )
    field_order = ("email", "password", "code")
    focus_first = "email"


class NoticeBoxes(forms.CheckboxSelectMultiple):
    """A line for each kind of notice."""

    template_name = "workspace/own/notice_boxes.html"


class OwnWorkForm(PageForm):
    """How somebody hears of their own appointments."""

    channel = ChoiceField(label=gettext_lazy("Your own appointments: new, moved, canceled"))

    def __init__(self, *args: Any, email: str, phone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_email = gettext("By e-mail to %(email)s") % {"email": email}
        by_sms = gettext("By SMS to %(phone)s") % {"phone": phone}
        choices = [("email", by_email), *([("sms", by_sms)] if phone else []), ("none", gettext("Not at all"))]
        self.fields["channel"].choices = choices  # type: ignore[attr-defined]


class NoticesForm(PageForm):
    """Of what somebody gets e-mails; none is an answer."""

    notices = ChoicesField(
        label=gettext_lazy("An e-mail when there is"),
        choices=Notice.choices,
        required=False,
        widget=NoticeBoxes(),
    )
