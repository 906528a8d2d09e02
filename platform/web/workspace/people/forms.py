"""Who is invited, what somebody may do, and as whom they are booked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from scheduling.types import BookablePerson
from web.parts.contacts import EmailField
from web.parts.fields import ChoiceField, IdField
from web.parts.forms import PageForm, mark_one_of
from web.parts.proofs import LONGEST_PASSWORD, make_code_field
from web.workspace.people.words import MAY

NOBODY = gettext_lazy("Nobody: they are not booked")


class RoleCards(forms.RadioSelect):
    """Roles as cards, each with what it may do."""

    template_name = "workspace/people/role_cards.html"

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the role may do."""
        return {**super().create_option(name, value, *args, **kwargs), "may": MAY.get(str(value), "")}


class RightsForm(PageForm):
    """What somebody may do, and which column of the calendar is theirs; ``by`` proves who they are to make an owner."""

    role = ChoiceField(
        label=gettext_lazy("What they may do"),
        choices=[(role.value, role.label) for role in Role if role in MAY],
        widget=RoleCards(),
    )
    resource_id = IdField(
        label=gettext_lazy("Their calendar"),
        required=False,
        help_text=gettext_lazy("Ties the person who signs in to their column of the calendar."),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password, to make somebody an owner"),
        strip=False,
        required=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    code = make_code_field()

    def __init__(
        self, *args: Any, by: Any, people: Sequence[BookablePerson], user_id: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if by.second_step:
            self.fields["code"].required = False
            mark_one_of(self.fields["code"])
        else:
            del self.fields["code"]
        free = [each for each in people if each.user_id in {None, user_id}]
        choices = [("", NOBODY), *((each.id, f"{each.name} · {each.type_name}") for each in free)]
        mark_one_of(self.fields["password"])  # it is shown for the role that needs it
        self.fields["resource_id"].choices = choices  # type: ignore[attr-defined]


class InvitationForm(RightsForm):
    """Who is invited."""

    email = EmailField(
        label=gettext_lazy("E-mail"),
        attrs={"autocomplete": "off"},
        help_text=gettext_lazy("They get a link that works once, for 7 days."),
    )
    field_order = ("email", "role", "resource_id", "password", "code")
    focus_first = "email"
