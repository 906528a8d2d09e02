"""The questions about a visit: what it is about, extras, with whom, how one arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext

from kernel.text import mark
from verticals.contract import AssetField, Choice, FieldKind, Findings, VisitDraft
from web.booking.draft import Draft
from web.booking.flow import Flow

CHOOSE_ONE = mark("Choose one of the options.")
LONGEST_KEPT = 2500
"""Characters kept of one text while it is wrong or unfinished; more would not fit an address."""

MAX_MODEL_SUGGESTIONS = 400


@dataclass(frozen=True, slots=True)
class AssetInput:
    """One field of the asset, ready to draw."""

    key: str
    label: str
    value: str
    kind: str
    required: bool
    hint: str
    example: str
    max_length: int
    choices: tuple[Choice, ...]
    suggestions: tuple[str, ...]
    depends_on: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    is_identifier: bool
    focus: bool

    @property
    def css(self) -> str:
        """Class of the input: what identifies is written in capitals."""
        return "capitals" if self.is_identifier else ""

    @property
    def is_number(self) -> bool:
        """Tell whether phones should show their digit keys."""
        return self.kind in {FieldKind.NUMBER, FieldKind.YEAR}


@dataclass(frozen=True, slots=True)
class VisitForm:
    """What was typed, and what is wrong or odd about it; texts are translated.

    Attributes:
        draft: With the values in their stored form where they passed, as typed where not.
        acknowledged: Warnings that the person has seen already and sent again unchanged.
    """

    draft: Draft
    errors: Findings = field(default_factory=dict)
    warnings: Findings = field(default_factory=dict)
    acknowledged: frozenset[str] = frozenset()

    @property
    def is_finished(self) -> bool:
        """Tell whether the next step may come: no errors, and no warning that is still unseen."""
        return not self.errors and self.acknowledged >= {*self.warnings}


def start_visit(flow: Flow) -> VisitForm:
    """Return the form as it is first shown: the most usual arrival is chosen, the rest as told before."""
    modes = flow.arrival_modes
    arrival_mode = flow.draft.arrival_mode or (modes[0].key if modes else "")
    return VisitForm(draft=replace(flow.draft, arrival_mode=arrival_mode))


def read_visit(data: QueryDict, flow: Flow) -> VisitForm:
    """Read the posted answers; nothing typed is dropped, whatever is wrong with it."""
    asset = flow.vertical.asset
    offered = flow.service.add_ons if flow.service else ()
    typed = {each.key: data.get(f"asset.{each.key}", "")[:LONGEST_KEPT] for each in asset.fields} if asset else {}
    draft = replace(
        flow.draft,
        asset=typed,
        symptoms=tuple(
            key for key in data.getlist("symptoms") if key in {s.key for s in flow.vertical.intake.symptoms}
        ),
        note=data.get("note", "")[:LONGEST_KEPT],
        arrival_mode=data.get("arrival_mode", ""),
        add_on_ids=tuple(add_on.id for add_on in offered if str(add_on.id) in data.getlist("add_ons")),
        resource_id=next((each.id for each in flow.resources if str(each.id) == data.get("resource")), None),
        party_size=_read_party_size(data.get("party_size", "1")),
    )
    check = flow.vertical.check_asset(typed, today=flow.today, country=flow.tenant.country)
    answers = flow.vertical.intake.check({"symptoms": draft.symptoms, "note": draft.note})
    errors: dict[str, tuple[str, ...]] = {f"asset.{key}": texts for key, texts in check.errors.items()}
    errors |= answers.errors
    modes = {mode.key for mode in flow.arrival_modes}
    if modes and draft.arrival_mode not in modes:
        errors["arrival_mode"] = (CHOOSE_ONE,)
    if not 1 <= draft.party_size <= (flow.service.max_party_size if flow.service else 1):
        errors["party_size"] = (CHOOSE_ONE,)
    draft = replace(draft, asset={**typed, **check.values})
    warnings = {f"asset.{key}": texts for key, texts in check.warnings.items()}
    if not errors:
        draft = replace(draft, asset=dict(check.values))
        warnings |= flow.vertical.check_visit(_describe_visit(flow.with_draft(draft)))
    return VisitForm(
        draft=draft,
        errors=_translate(errors),
        warnings=_translate(warnings),
        acknowledged=frozenset(data.getlist("acknowledged")),
    )


def list_asset_inputs(flow: Flow, form: VisitForm) -> tuple[tuple[AssetInput, ...], tuple[AssetInput, ...]]:
    """Return the asset's fields in two groups: those to ask at once, and the rest, which can wait behind a line.

    Required fields, the first identifier and years come at once; so does every field that has a finding.
    """
    asset = flow.vertical.asset
    if asset is None:
        return (), ()
    identifier = next((each.key for each in asset.fields if each.is_identifier), "")
    inputs = tuple((each, _make_input(each, flow, form)) for each in asset.fields)
    first = tuple(
        drawn
        for each, drawn in inputs
        if each.required or each.kind is FieldKind.YEAR or each.key == identifier or drawn.errors or drawn.warnings
    )
    return first, tuple(drawn for _, drawn in inputs if drawn not in first)


def list_suggestions(flow: Flow, key: str, of: str) -> tuple[str, ...]:
    """Return what to offer for the asset field ``key`` when the field it depends on reads ``of``."""
    asset = flow.vertical.asset
    found = next((each for each in asset.fields if each.key == key), None) if asset else None
    if found is None or found.suggestions is None:
        return ()
    known = {name.casefold(): values for name, values in found.suggestions.values.items()}
    return known.get(of.strip().casefold(), ())[:MAX_MODEL_SUGGESTIONS]


def _make_input(each: AssetField, flow: Flow, form: VisitForm) -> AssetInput:
    name = f"asset.{each.key}"
    depends_on = each.suggestions.depends_on if each.suggestions else ""
    label = flow.vertical.label_field(each, language=flow.formats.language, country=flow.tenant.country)
    return AssetInput(
        key=each.key,
        label=gettext(label),
        value=form.draft.asset.get(each.key, ""),
        kind=each.kind,
        required=each.required,
        hint=gettext(each.hint) if each.hint else "",
        example=each.example,
        max_length=each.max_length,
        choices=each.choices,
        suggestions=list_suggestions(flow, each.key, form.draft.asset.get(depends_on, "") if depends_on else ""),
        depends_on=f"asset.{depends_on}" if depends_on else "",
        errors=form.errors.get(name, ()),
        warnings=form.warnings.get(name, ()),
        is_identifier=each.is_identifier,
        focus=name == next(iter(form.errors), None),
    )


def _describe_visit(flow: Flow) -> VisitDraft:
    return VisitDraft(
        duration_minutes=flow.duration_minutes,
        arrival_mode=flow.draft.arrival_mode,
        asset=flow.draft.asset,
        answers={"symptoms": flow.draft.symptoms, "note": flow.draft.note},
    )


def _read_party_size(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0  # noqa: PLR2004 - fits any room


def _translate(findings: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(gettext(text) for text in texts) for key, texts in findings.items()}
