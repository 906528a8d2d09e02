"""The contract refuses a broken pack in words, and reads what people type."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from verticals.automotive.vertical import VERTICAL as AUTOMOTIVE
from verticals.clinic.vertical import VERTICAL as CLINIC
from verticals.contract import (
    AssetField,
    BoardState,
    Choice,
    FieldCheck,
    FieldContext,
    FieldKind,
    IntakeCheck,
    KitCapacityRule,
    KitHours,
    KitRequirement,
    Vertical,
    VerticalBroken,
    check_vertical,
    pick,
    price_list,
)
from verticals.contract.asset import (
    NOT_A_CHOICE,
    NOT_A_NUMBER,
    NOT_A_YEAR,
    REQUIRED,
    TOO_LARGE,
    TOO_LONG,
    TOO_SMALL,
    UNKNOWN_FIELD,
    UNREADABLE,
)
from verticals.contract.intake import NOT_A_LIST
from verticals.salon.vertical import VERTICAL as SALON

HERE = FieldContext(today=date(2026, 11, 23), country="MX")


def _problems(vertical: Vertical) -> tuple[str, ...]:
    with pytest.raises(VerticalBroken) as caught:
        check_vertical(vertical)
    return caught.value.problems


@pytest.mark.parametrize("vertical", [AUTOMOTIVE, SALON, CLINIC], ids=lambda vertical: vertical.key)
def test_check_vertical_accepts_our_packs(vertical: Vertical) -> None:
    check_vertical(vertical)


def test_check_vertical_names_every_problem_at_once() -> None:
    words = {**AUTOMOTIVE.vocabulary["es"]}
    del words["question.arrival"]
    broken = replace(
        AUTOMOTIVE,
        key="Cars!",
        name="",
        icon="no icon",
        vocabulary={**AUTOMOTIVE.vocabulary, "es": words},
        board_states=(BoardState("ready", "Ready", "package-check"), BoardState("ready", "Ready", "package-check")),
    )

    assert _problems(broken) == (
        "key: key 'Cars!' must be 1 to 30 of a-z, 0-9 and _, a letter first",
        "icon: 'no icon' is not the name of an icon",
        "name is empty",
        "vocabulary['es'] lacks 'question.arrival'",
        "board_states: key 'ready' is used twice",
    )


def test_check_vertical_names_what_is_wrong_with_a_field() -> None:
    assert CLINIC.asset is not None
    broken = replace(
        CLINIC,
        asset=replace(
            CLINIC.asset,
            label_fields=("nickname",),
            fields=(AssetField("sex", "", kind=FieldKind.CHOICE), AssetField("age", "Age", max_length=0)),
        ),
    )

    assert _problems(broken) == (
        "asset.label_fields names 'nickname', which is not a field",
        "asset.fields.sex: label is empty",
        "asset.fields.sex: choices belong to kind 'choice', and to no other",
        "asset.fields.age: max_length must be positive",
    )


def test_check_vertical_names_what_is_wrong_with_a_starter_kit() -> None:
    service = replace(
        SALON.starter_kit.services[0],
        name={"en": "Cut"},
        requirements=(KitRequirement("stylist", 3), KitRequirement("barber", starts_after_minutes=45)),
        prices={"pesos": 10},
        arrival_modes=("fly",),
    )
    kit = replace(
        SALON.starter_kit,
        services=(service,),
        hours=(KitHours((7,), "9", "25:00"),),
        capacity_rules=(KitCapacityRule("year", -1, arrival_mode="fly"),),
        reminder_minutes=(0,),
        resources=(replace(SALON.starter_kit.resources[0], type="wizard", color="red", capacity=0),),
    )

    problems = _problems(replace(SALON, starter_kit=kit))

    place = "starter_kit.services.womens_cut"
    assert problems == (
        "starter_kit.resources.Stylist 1: type 'wizard' is not in resource_types",
        "starter_kit.resources.Stylist 1: capacity must be at least 1",
        "starter_kit.resources.Stylist 1: color 'red' is none of kernel.colors.PALETTE",
        "starter_kit.hours: '9' to '25:00' is not HH:MM",
        "starter_kit.hours: weekdays (7,) must be 0 (Monday) to 6",
        f"{place}.name lacks a text in 'es'",
        f"{place}: price 10 'pesos' makes no sense",
        f"{place}: the part of 'barber' lies outside the visit",
        f"{place}: needs 3 of 'stylist', the kit has 0",
        f"{place}: needs 1 of 'barber', the kit has 0",
        "starter_kit.capacity_rules: -1 per 'year' makes no sense",
        "starter_kit.reminder_minutes: 0 is not before the visit",
        f"{place}: arrival mode 'fly' is not in intake.arrival_modes",
        "starter_kit.capacity_rules: arrival mode 'fly' is not in intake.arrival_modes",
    )


def test_check_vertical_refuses_a_service_that_takes_nothing() -> None:
    service = replace(SALON.starter_kit.services[0], requirements=())
    kit = replace(SALON.starter_kit, services=(service,), hours=())

    assert _problems(replace(SALON, starter_kit=kit)) == (
        "starter_kit.hours is empty: nothing could ever be booked",
        "starter_kit.services.womens_cut: requirements is empty: it would take nothing and could be booked without end",
    )


@pytest.mark.parametrize(
    ("asset_field", "typed", "check"),
    [
        (AssetField("a", "A", required=True), "  \t ", FieldCheck("", (REQUIRED,))),
        (AssetField("a", "A"), " ", FieldCheck("")),
        (AssetField("a", "A"), "  dos   palabras ", FieldCheck("dos palabras")),
        (AssetField("a", "A"), "<script>alert(1)</script>", FieldCheck("<script>alert(1)</script>")),
        (AssetField("a", "A", max_length=3), "long", FieldCheck("long", (TOO_LONG,))),
        (AssetField("a", "A"), "a\x00b", FieldCheck("a\x00b", (UNREADABLE,))),
        (AssetField("a", "A"), "a\ud800b", FieldCheck("a\ud800b", (UNREADABLE,))),
        (AssetField("a", "A", kind=FieldKind.NUMBER), "007", FieldCheck("7")),
        (AssetField("a", "A", kind=FieldKind.NUMBER), "-7", FieldCheck("-7", (NOT_A_NUMBER,))),
        (AssetField("a", "A", kind=FieldKind.NUMBER), "٣", FieldCheck("٣", (NOT_A_NUMBER,))),
        (AssetField("a", "A", kind=FieldKind.NUMBER), "9" * 5000, FieldCheck("9" * 5000, (NOT_A_NUMBER,))),
        (AssetField("a", "A", kind=FieldKind.NUMBER, minimum=2), "1", FieldCheck("1", (TOO_SMALL,))),
        (AssetField("a", "A", kind=FieldKind.NUMBER, maximum=2), "3", FieldCheck("3", (TOO_LARGE,))),
        (AssetField("a", "A", kind=FieldKind.YEAR), "19", FieldCheck("19", (NOT_A_YEAR,))),
        (AssetField("a", "A", kind=FieldKind.YEAR), "dos0", FieldCheck("dos0", (NOT_A_YEAR,))),
        (AssetField("a", "A", kind=FieldKind.CHOICE, choices=(Choice("b", "B"),)), "b", FieldCheck("b")),
        (
            AssetField("a", "A", kind=FieldKind.CHOICE, choices=(Choice("b", "B"),)),
            "B",
            FieldCheck("B", (NOT_A_CHOICE,)),
        ),
    ],
    ids=repr,
)
def test_asset_field_reads_what_was_typed(asset_field: AssetField, typed: str, check: FieldCheck) -> None:
    assert asset_field.check(typed, HERE) == check


def test_check_asset_refuses_keys_that_are_not_fields() -> None:
    check = CLINIC.check_asset({"full_name": "Ana Ruiz", "diagnosis": "x"}, today=HERE.today, country="CO")

    assert check.values == {"full_name": "Ana Ruiz"}
    assert check.errors == {"diagnosis": (UNKNOWN_FIELD,)}


def test_check_asset_of_a_pack_without_assets_stores_nothing() -> None:
    assert SALON.check_asset({"plate": "ABC"}, today=HERE.today, country="MX").values == {}


@pytest.mark.parametrize(
    ("answers", "check"),
    [
        ({}, IntakeCheck({})),
        ({"symptoms": ["leak", "brake_noise"]}, IntakeCheck({"symptoms": ("brake_noise", "leak")})),
        ({"symptoms": [], "note": "  "}, IntakeCheck({})),
        ({"note": " cold "}, IntakeCheck({"note": "cold"})),
        ({"symptoms": ["ghost"]}, IntakeCheck({}, {"symptoms": (NOT_A_CHOICE,)})),
        ({"symptoms": [["leak"]]}, IntakeCheck({}, {"symptoms": (NOT_A_CHOICE,)})),
        ({"symptoms": "leak"}, IntakeCheck({}, {"symptoms": (NOT_A_LIST,)})),
        ({"note": "x" * 2001}, IntakeCheck({}, {"note": (TOO_LONG,)})),
        ({"note": 5, "color": "red"}, IntakeCheck({}, {"note": (UNKNOWN_FIELD,), "color": (UNKNOWN_FIELD,)})),
    ],
)
def test_intake_reads_answers(answers: dict[str, object], check: IntakeCheck) -> None:
    assert AUTOMOTIVE.intake.check(answers) == check


def test_price_list_knows_currencies_without_cents() -> None:
    assert price_list(MXN=850, CLP=45_000) == {"MXN": 85_000, "CLP": 45_000}


@pytest.mark.parametrize(
    ("language", "text"), [("es", "Hola"), ("es-MX", "Hola"), ("es_MX", "Hola"), ("en", "Hi"), ("fr", "Hi")]
)
def test_pick_falls_back_to_the_language_then_to_english(language: str, text: str) -> None:
    assert pick({"en": "Hi", "es": "Hola"}, language) == text


def test_what_is_due_again_is_due_after_something() -> None:
    kit = AUTOMOTIVE.starter_kit
    service = replace(kit.services[0], every={"km": 0}, every_months=-1)
    broken = replace(AUTOMOTIVE, starter_kit=replace(kit, services=(service, *kit.services[1:])))

    with pytest.raises(VerticalBroken) as refused:
        check_vertical(broken)

    assert refused.value.problems == (f"starter_kit.services.{service.key}: what is due again is due after something",)
