"""The questions about a visit: what it is about, extras, with whom, how one arrives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from files.selectors.files import list_pictures
from scheduling.selectors.catalog.photos import RESOURCE_PHOTO
from scheduling.services.questions.answers import check_answers
from verticals.contract import AssetField, FieldKind, VisitDraft
from web.booking.draft import Draft
from web.booking.flow import Flow
from web.parts.assets import LONGEST_KEPT, PREFIX, Asked, TypedField, list_suggestions, make_asset_fields, read_asset
from web.parts.fields import ChoiceField, ChoicesField, IdField, IdsField, NumberField
from web.parts.forms import PageField, PageForm, translate_findings
from web.parts.pictures import ShownPicture, show_picture
from web.parts.questions import QUESTION_PREFIX, list_answers, make_question_fields, read_answers
from web.parts.widgets import Chips, ChoiceChips, Segments


class ArrivalInput(Segments):
    """Ways to arrive, their icons above their words."""

    template_name = "booking/arrival_modes.html"


class AddOnInput(forms.CheckboxSelectMultiple):
    """Extras with what they cost and how long they take."""

    template_name = "booking/add_ons.html"

    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self.add_ons = {each.id: each for each in flow.offered_add_ons}
        self.currency = flow.service.currency if flow.service else ""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the extra itself."""
        option = super().create_option(name, value, *args, **kwargs)
        return {**option, "add_on": self.add_ons[int(value)], "currency": self.currency}


@dataclass(frozen=True, slots=True)
class Fold:
    """Fields behind a line that can be opened.

    Attributes:
        now: What is chosen, in words; empty: nothing.
    """

    label: str
    now: str
    fields: tuple[BoundField, ...]
    is_open: bool


class VisitForm(PageForm):
    """The answers of one visitor; fields depend on the trade and on the chosen service.

    Attributes:
        acknowledged: Warnings that the person has seen already and sent again.
    """

    acknowledged = forms.Field(required=False, widget=forms.MultipleHiddenInput())

    def __init__(self, flow: Flow, data: QueryDict | None = None) -> None:
        super().__init__(data, initial=_list_initial(flow))
        self.flow = flow
        self.asked = Asked(
            flow.vertical, flow.formats.language, flow.tenant.country, suggest_url=reverse("booking:suggest")
        )
        self.fields |= make_asset_fields(self.asked, self._suggest)
        self.fields |= _make_choice_fields(flow)
        self.questions = flow.questions
        self.fields |= make_question_fields(self.questions, flow.formats.language)
        intake = flow.vertical.intake
        if intake.note_label:
            attrs = {"rows": 3, "placeholder": gettext(intake.note_example) if intake.note_example else " "}
            label = gettext(intake.note_label)
            self.fields["note"] = TypedField(label=label, required=False, widget=forms.Textarea(attrs))

    @classmethod
    def of(cls, data: QueryDict, flow: Flow) -> Self:
        """Read what was posted; nothing typed is dropped, whatever is wrong with it."""
        form = cls(flow, data)
        form.is_valid()
        return form

    def clean(self) -> dict[str, Any]:
        """Let the trade look at the asset, at the answers and, when all is right, at the whole visit."""
        flow, data = self.flow, dict(self.cleaned_data)
        check = flow.vertical.check_asset(read_asset(self, self.asked), today=flow.today, country=flow.tenant.country)
        answers = flow.vertical.intake.check(
            {key: data[key] for key in ("symptoms", "note") if key in data and key in self.fields}
        )
        given = read_answers(self, self.questions, flow.formats)
        _, wrong = check_answers(self.questions, given, is_complete=True)
        found = {f"{PREFIX}{key}": texts for key, texts in check.errors.items()} | dict(answers.errors)
        found |= {f"{QUESTION_PREFIX}{key}": texts for key, texts in wrong.items()}
        for name, texts in translate_findings(found).items():
            for text in texts:
                self.add_error(name, text)
        self.warnings = translate_findings({f"{PREFIX}{key}": texts for key, texts in check.warnings.items()})
        data["asset"] = dict(check.values)
        if not self.errors:
            draft = replace(self.draft, asset=data["asset"])
            self.warnings |= translate_findings(flow.vertical.check_visit(_describe_visit(flow.with_draft(draft))))
        return data

    @property
    def draft(self) -> Draft:
        """The visitor's draft with these answers: in their stored form where they passed, as typed where not."""
        typed = {name: self[name].value() for name in self.fields}
        known = getattr(self, "cleaned_data", {})
        return replace(
            self.flow.draft,
            asset={**read_asset(self, self.asked), **known.get("asset", {})},
            symptoms=tuple(known.get("symptoms", ())),
            note=str(typed.get("note") or "")[:LONGEST_KEPT],
            answers=read_answers(self, self.questions, self.flow.formats),
            arrival_mode=str(known.get("arrival_mode") or ""),
            add_on_ids=tuple(known.get("add_ons", ())),
            resource_id=known.get("resource"),
            party_size=known.get("party_size") or 1,
        )

    @property
    def is_finished(self) -> bool:
        """Tell whether the next step may come: no errors, and no warning that is still unseen."""
        seen = {*(self["acknowledged"].value() or ())}
        return not self.errors and seen >= {*self.warnings}

    @cached_property
    def first_fields(self) -> tuple[BoundField, ...]:
        """The asset's fields to ask at once: required ones, the first identifier, years, and what has a finding."""
        asked = self.asked.fields
        identifier = next((each.key for each in asked if each.is_identifier), "")
        return tuple(
            field
            for each, field in zip(asked, self._asset_fields, strict=True)
            if each.required
            or each.kind is FieldKind.YEAR
            or each.key == identifier
            or field.errors
            or (isinstance(field, PageField) and field.warnings)
        )

    @property
    def more_fields(self) -> tuple[BoundField, ...]:
        """The rest of them, which can wait behind a line."""
        return tuple(field for field in self._asset_fields if field not in self.first_fields)

    @property
    def other_fields(self) -> tuple[BoundField, ...]:
        """What is not about the asset and has to be answered, in order."""
        waiting = {field.name for fold in self.folds for field in fold.fields}
        names = (name for name in self.fields if not name.startswith(PREFIX) and name != "acknowledged")
        return tuple(self[name] for name in names if name not in waiting)

    @cached_property
    def folds(self) -> tuple[Fold, ...]:
        """What most people leave as it is: each behind a line that says how it is now.

        Where nothing else is asked first, there is room for whom one meets and for extras.
        """
        crowded = bool(self.asked.fields)
        told = ("symptoms", "note") if "symptoms" in self.fields else ("note",)
        groups = ((("resource",), crowded), (("add_ons",), crowded), (told, "note" in self.fields))
        return tuple(
            self._fold(*(self[name] for name in names if name in self.fields))
            for names, is_folded in groups
            if is_folded and names[0] in self.fields
        )

    def _fold(self, *fields: BoundField) -> Fold:
        first = fields[0]
        chosen = {str(each) for each in _list_chosen(first.value())}
        choices = dict(getattr(first.field, "choices", ()))
        now = [str(label) for value, label in choices.items() if str(value) in (chosen or {""})]
        now += [str(field.value()) for field in fields if field.name == "note" and field.value()]
        has_findings = any(field.errors or (isinstance(field, PageField) and field.warnings) for field in fields)
        return Fold(label=str(first.label), now=", ".join(now), fields=fields, is_open=has_findings)

    @cached_property
    def _asset_fields(self) -> tuple[BoundField, ...]:
        return tuple(self[f"{PREFIX}{each.key}"] for each in self.asked.fields)

    def _suggest(self, each: AssetField) -> tuple[str, ...]:
        depends_on = each.suggestions.depends_on if each.suggestions else ""
        of = self.data.get(f"{PREFIX}{depends_on}", self.initial.get(f"{PREFIX}{depends_on}", ""))
        return list_suggestions(self.flow.vertical, each.key, of if depends_on else "")


def _list_chosen(value: object) -> list[object]:
    """Return what is chosen of a field, whether it takes one value or several."""
    chosen = list(value) if isinstance(value, list | tuple) else [value]
    return [each for each in chosen if each not in {None, ""}]


def _list_initial(flow: Flow) -> dict[str, object]:
    """Return what the form shows at first: the most usual arrival is chosen, the rest as told before."""
    draft, modes = flow.draft, flow.arrival_modes
    return {
        **{f"{PREFIX}{key}": value for key, value in draft.asset.items()},
        "arrival_mode": draft.arrival_mode or (modes[0].key if modes else ""),
        "add_ons": draft.add_on_ids,
        "resource": draft.resource_id or "",
        "party_size": draft.party_size,
        "symptoms": draft.symptoms,
        "note": draft.note,
        **list_answers(flow.questions, draft.answers, flow.formats),
    }


def _make_choice_fields(flow: Flow) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    modes, words = flow.arrival_modes, flow.words
    if len(modes) > 1:
        fields["arrival_mode"] = ChoiceField(
            label=words.get("question_arrival", ""),
            choices=[(mode.key, gettext(mode.label)) for mode in modes],
            widget=ArrivalInput(icons={mode.key: mode.icon for mode in modes}),
        )
    if flow.offered_add_ons:
        fields["add_ons"] = IdsField(
            label=gettext_lazy("Add something?"),
            choices=[(each.id, each.name) for each in flow.offered_add_ons],
            required=False,
            widget=AddOnInput(flow),
        )
    if len(flow.resources) > 1:
        anyone = ("", words.get("choice_any_resource", ""))
        fields["resource"] = IdField(
            label=gettext_lazy("With whom?"),
            choices=[anyone, *_list_people(flow)],
            required=False,
            widget=ChoiceChips(),
        )
    if flow.largest_party > 1:
        widget = forms.TextInput({"inputmode": "numeric", "class": "number short"})
        fields["party_size"] = NumberField(
            label=gettext_lazy("How many people?"), min_value=1, max_value=flow.largest_party, widget=widget
        )
    if flow.vertical.intake.symptoms:
        fields["symptoms"] = ChoicesField(
            label=words.get("question_intake", ""),
            choices=[(each.key, gettext(each.label)) for each in flow.vertical.intake.symptoms],
            required=False,
            widget=Chips(),
        )
    return fields


def _describe_visit(flow: Flow) -> VisitDraft:
    return VisitDraft(
        duration_minutes=flow.duration_minutes,
        arrival_mode=flow.arrival_mode,
        asset=flow.draft.asset,
        answers={"symptoms": flow.draft.symptoms, "note": flow.draft.note},
    )


def _list_people(flow: Flow) -> list[tuple[int, str]]:
    """Return whom customers can choose, each with their photo where they have one."""
    photos = list_pictures(RESOURCE_PHOTO, (each.id for each in flow.resources))
    return [(each.id, _say_person(each.name, show_picture(photos.get(each.id), width=96))) for each in flow.resources]


def _say_person(name: str, photo: ShownPicture | None) -> str:
    if photo is None:
        return name
    return format_html(
        '<img class="photo" src="{}" srcset="{}" sizes="40px" width="40" height="40" alt="" loading="lazy"> {}',
        photo.src,
        photo.srcset,
        name,
    )
