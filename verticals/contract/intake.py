"""What is asked about one visit, besides the asset: symptoms, arrival, free text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kernel.lines import drop_invisible, is_unreadable
from kernel.text import mark
from verticals.contract.asset import NOT_A_CHOICE, TOO_LONG, UNKNOWN_FIELD, UNREADABLE, Choice, Findings

NOT_A_LIST = mark("Send a list of options.")
MAX_NOTE_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class ArrivalMode:
    """One way to come: stored ``key``, marked ``label`` and ``hint``, Lucide ``icon``."""

    key: str
    label: str
    icon: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class IntakeCheck:
    """The answers as they are to be stored, and what refuses them."""

    answers: Mapping[str, tuple[str, ...] | str]
    errors: Findings = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Intake:
    """The questions about a visit; each part may be missing.

    Attributes:
        symptoms: Chips of which any number may be chosen.
        note_label: Marked label of the free text.
        has_photos: Customers may send photos of what the visit is about.
    """

    symptoms: tuple[Choice, ...] = ()
    arrival_modes: tuple[ArrivalMode, ...] = ()
    note_label: str = ""
    note_example: str = ""
    has_photos: bool = False

    def find_arrival(self, key: str) -> ArrivalMode | None:
        """Return the way of arriving with this key, if it is one of ours."""
        return next((mode for mode in self.arrival_modes if mode.key == key), None)

    def name_symptoms(self, answers: Mapping[str, object]) -> tuple[str, ...]:
        """Return the marked labels of what was chosen; of what is none of ours any more, its key."""
        told = answers.get("symptoms")
        labels = {choice.key: choice.label for choice in self.symptoms}
        return tuple(labels.get(str(each), str(each)) for each in told) if isinstance(told, list | tuple) else ()

    def check(self, answers: Mapping[str, object]) -> IntakeCheck:
        """Check ``answers``: ``symptoms`` (a list of keys, kept in our order) and ``note`` (text)."""
        errors: dict[str, tuple[str, ...]] = {}
        stored: dict[str, tuple[str, ...] | str] = {}
        for key, answer in answers.items():
            match key, answer:
                case "symptoms", list() | tuple():
                    known = {choice.key for choice in self.symptoms}
                    if not all(isinstance(each, str) and each in known for each in answer):
                        errors[key] = (NOT_A_CHOICE,)
                    elif answer:
                        stored[key] = tuple(choice.key for choice in self.symptoms if choice.key in answer)
                case "symptoms", _:
                    errors[key] = (NOT_A_LIST,)
                case "note", str():
                    note = drop_invisible(answer.replace("\r\n", "\n"))
                    if len(note) > MAX_NOTE_LENGTH:
                        errors[key] = (TOO_LONG,)
                    elif is_unreadable(note.replace("\n", " ").replace("\t", " ")):
                        errors[key] = (UNREADABLE,)
                    elif note:
                        stored[key] = note
                case _:
                    errors[key] = (UNKNOWN_FIELD,)
        return IntakeCheck(answers=stored, errors=errors)
