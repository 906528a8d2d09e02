"""What staff fills in about a request."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from privacy.enums import IdentityCheck, RequestRight, RequestSource
from privacy.services.identity import BY_WORD
from privacy.types import LONGEST_NOTE, LONGEST_REASON, LONGEST_TEXT
from web.parts.fields import ChoiceField, DateField, TextField
from web.parts.forms import PageForm

BY_HAND = tuple(each for each in RequestSource if each is not RequestSource.LINK)


class RecordForm(PageForm):
    """A request that came by phone, on paper, by e-mail or in person."""

    right = ChoiceField(label=gettext_lazy("What do they ask?"), choices=RequestRight.choices)
    source = ChoiceField(
        label=gettext_lazy("How did it reach you?"), choices=[(each.value, each.label) for each in BY_HAND]
    )
    asked_on = DateField(
        label=gettext_lazy("On which day?"),
        widget=forms.DateInput({"type": "date"}),
        help_text=gettext_lazy("The time to answer runs from this day."),
    )
    name = TextField(label=gettext_lazy("Who asks?"), max_length=120, required=False)
    contact = TextField(
        label=gettext_lazy("Where do they get the answer?"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("An e-mail address or a phone number. We write there what happens to the request."),
    )
    text = TextField(label=gettext_lazy("In their words"), max_length=LONGEST_TEXT, rows=3, required=False)


class CheckForm(PageForm):
    """How somebody of the business knows who asks."""

    check = ChoiceField(
        label=gettext_lazy("How did you check it?"),
        choices=[(each.value, IdentityCheck(each).label) for each in BY_WORD],
    )
    note = TextField(
        label=gettext_lazy("What did you see or do?"),
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("Such as: showed the identity card at the desk. Do not copy its number."),
    )


class ContactForm(PageForm):
    """To which contact on record a code goes."""

    contact = ChoiceField(label=gettext_lazy("Send a code to"))

    def __init__(self, *args: Any, contacts: tuple[str, ...] = (), shared: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].choices = [  # type: ignore[attr-defined]
            (each, gettext("%(contact)s (others have it too)") % {"contact": each} if each in shared else each)
            for each in contacts
        ]


class CodeForm(ContactForm):
    """The code that they read out."""

    code = TextField(label=gettext_lazy("The code that they read out"), max_length=12, attrs={"inputmode": "numeric"})


class ExtendForm(PageForm):
    """Why more time is needed."""

    reason = TextField(
        label=gettext_lazy("Why do you need more time?"),
        max_length=LONGEST_REASON,
        rows=2,
        help_text=gettext_lazy("Whoever asked reads it."),
    )


class AnswerForm(PageForm):
    """What is answered to whoever asked."""

    answer = TextField(label=gettext_lazy("Your answer"), max_length=LONGEST_REASON, rows=3)


class FindBlockedForm(PageForm):
    """By what somebody who is blocked is looked for."""

    words = TextField(
        label=gettext_lazy("Name, e-mail address or phone number"),
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("All of it, as they gave it. Whoever is found has it in their log."),
    )


class ReadBlockedForm(PageForm):
    """Why somebody reads what is blocked."""

    reason = TextField(
        label=gettext_lazy("Who asks for it, and what for?"),
        max_length=LONGEST_NOTE,
        rows=2,
        help_text=gettext_lazy("Such as: court no. 4, claim about the visit in March. It stays in the log."),
    )


class EraseForm(PageForm):
    """That it is meant."""

    is_meant = forms.BooleanField(
        label=gettext_lazy("I understand that nobody can bring it back."),
        error_messages={"required": gettext_lazy("Tick this if you want to erase it.")},
    )
    is_company_meant = forms.BooleanField(
        label=gettext_lazy("It is a company, and all of its people are meant."), required=False
    )

    def __init__(self, *args: Any, is_company: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_company:
            del self.fields["is_company_meant"]
