"""What staff writes back to customers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from kernel.ids import read_row_id
from scheduling.types.aftercare.views import LONGEST_ANSWER, LONGEST_LINE
from web.parts.fields import ReasonField, TextField
from web.parts.forms import PageForm


class SeenForm(PageForm):
    """What says something about a conversation, and up to which line it was read."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def read_seen(self) -> int:
        """Return the last line that was read; 0: none is named. The form is valid."""
        return read_row_id(self.cleaned_data["seen"]) or 0


class MessageForm(SeenForm):
    """A message to the customer of a booking."""

    text = TextField(label=gettext_lazy("Write to the customer"), max_length=LONGEST_LINE, rows=3)


class AnswerForm(PageForm):
    """An answer to what a customer said or asked."""

    answer = TextField(label=gettext_lazy("Your answer"), max_length=LONGEST_ANSWER, rows=3)


class HideForm(PageForm):
    """Why an opinion is not shown on the booking page."""

    reason = ReasonField(
        label=gettext_lazy("Why is it not shown?"),
        rows=2,
        help_text=gettext_lazy("An insult, somebody's name, advertising. A low rating is no reason."),
    )
