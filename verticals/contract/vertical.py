"""The pack itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from verticals.contract.asset import AssetCheck, AssetField, AssetType, FieldContext, Findings
from verticals.contract.intake import Intake
from verticals.contract.starter_kit import StarterKit
from verticals.contract.words import Terms


class Tone(StrEnum):
    """How the page greets people in languages that distinguish (tú, usted)."""

    INFORMAL = "informal"
    FORMAL = "formal"


class FeedbackAsk(StrEnum):
    """When customers are asked how a visit was; a business may choose another one than its trade's."""

    OFF = "off"
    TWO_HOURS = "two_hours"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class BoardState:
    """A badge between “in progress” and “completed” that only this trade has.

    Attributes:
        is_pause: Work stands still in it: whoever does the work puts a visit into it and goes on later.
    """

    key: str
    label: str
    icon: str
    is_pause: bool = False


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """A booking about to be accepted, as a hook sees it."""

    duration_minutes: int
    arrival_mode: str
    asset: Mapping[str, str]
    answers: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class VerticalHooks:
    """What a pack decides beyond single fields; both only see values and return marked texts.

    Attributes:
        check_asset: Warnings that need several fields; gets the checked values.
        check_visit: Warnings about a visit before it is accepted; ``""`` is the whole visit.
    """

    check_asset: Callable[[Mapping[str, str], FieldContext], Findings] | None = None
    check_visit: Callable[[VisitDraft], Findings] | None = None


@dataclass(frozen=True, slots=True)
class Vertical:
    """An industry pack.

    Attributes:
        name: Marked text, shown at sign-up.
        icon: Name in Lucide.
        vocabulary: Language, or language and country (``es-AR``) → term → text.
        feedback: When customers are asked how a visit was, once it is completed.
    """

    key: str
    name: str
    icon: str
    vocabulary: Mapping[str, Terms]
    starter_kit: StarterKit
    asset: AssetType | None = None
    intake: Intake = field(default_factory=Intake)
    board_states: tuple[BoardState, ...] = ()
    tone: Tone = Tone.INFORMAL
    feedback: FeedbackAsk = FeedbackAsk.OFF
    hooks: VerticalHooks = field(default_factory=VerticalHooks)

    def say(self, term: str, *, language: str, country: str = "") -> str:
        """Return a term in the business's words: of the country, else the language, else English.

        Raises:
            KeyError: The pack's author never defined ``term``.
        """
        found = self._find_word(term, language=language, country=country)
        return self.vocabulary["en"][term] if found is None else found

    @property
    def pauses(self) -> tuple[BoardState, ...]:
        """Return the states in which work stands still, the usual one first; a trade without any never pauses."""
        return tuple(state for state in self.board_states if state.is_pause)

    def find_pause(self, key: str) -> BoardState | None:
        """Return the pause with this key; None: the trade has none such (any more)."""
        return next((state for state in self.pauses if state.key == key), None)

    def list_words(self, *, language: str, country: str = "") -> Terms:
        """Return the whole vocabulary as it is said in one place."""
        return {
            **self.vocabulary["en"],
            **self.vocabulary.get(language, {}),
            **self.vocabulary.get(f"{language}-{country}", {}),
        }

    def label_field(self, asset_field: AssetField, *, language: str, country: str = "") -> str:
        """Return a field's label: the country's or language's own word, else the marked text."""
        found = self._find_word(f"field.{asset_field.key}", language=language, country=country)
        return asset_field.label if found is None else found

    def check_asset(self, values: Mapping[str, str], *, today: date, country: str) -> AssetCheck:
        """Check what was typed about an asset, fields first, then the pack's own look at the whole."""
        if self.asset is None:
            return AssetCheck(values={})
        check = self.asset.check(values, today=today, country=country)
        if self.hooks.check_asset is None:
            return check
        context = FieldContext(today=today, country=country, values=check.values)
        warnings = dict(check.warnings)
        for key, texts in self.hooks.check_asset(check.values, context).items():
            warnings[key] = (*warnings.get(key, ()), *texts)
        return AssetCheck(values=check.values, errors=check.errors, warnings=warnings)

    def check_visit(self, draft: VisitDraft) -> Findings:
        """Return the pack's warnings about a visit that is about to be accepted."""
        return {} if self.hooks.check_visit is None else self.hooks.check_visit(draft)

    def _find_word(self, term: str, *, language: str, country: str) -> str | None:
        for tag in (f"{language}-{country}", language):
            word = self.vocabulary.get(tag, {}).get(term)
            if word is not None:
                return word
        return None
