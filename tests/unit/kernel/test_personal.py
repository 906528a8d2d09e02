"""Declaring what is kept about people."""

from __future__ import annotations

import pytest

from kernel.personal import Erasure, Ground, NotPersonal, PersonalColumn, Purpose, Subject, TableInventory

NOTE = PersonalColumn(Subject.CUSTOMER, Purpose.VISIT, Ground.CONTRACT, Erasure.BLANK)


@pytest.mark.parametrize(
    ("erasure", "reason", "is_refused"),
    [(Erasure.KEEP, "", True), (Erasure.BLANK, "a reason", True), (Erasure.KEEP, "a reason", False)],
)
def test_what_stays_has_a_reason_and_nothing_else(erasure, reason, is_refused):
    arguments = (Subject.CUSTOMER, Purpose.PROOF, Ground.DUTY, erasure, reason)

    if is_refused:
        with pytest.raises(ValueError, match="what stays has a reason"):
            PersonalColumn(*arguments)
    else:
        assert PersonalColumn(*arguments).reason == reason


def test_column_is_declared_once():
    with pytest.raises(ValueError, match=r"scheduling\.Booking declares twice: note"):
        TableInventory("scheduling.Booking", personal={"note": NOTE}, other={NotPersonal.CODE: ("status", "note")})


def test_history_has_the_same_columns_without_those_that_it_does_not_keep():
    table = TableInventory(
        "scheduling.Booking",
        personal={"note": NOTE, "secret_note": NOTE},
        other={NotPersonal.CODE: ("status",), NotPersonal.SECRET: ("token_hash",)},
    )

    history = table.copy_as(
        "scheduling.HistoricalBooking", without=frozenset({"secret_note", "token_hash"}), more={"reason": NOTE}
    )

    assert history.model == "scheduling.HistoricalBooking"
    assert history.personal == {"note": NOTE, "reason": NOTE}
    assert history.columns == ("note", "reason", "status")
    assert table.columns == ("note", "secret_note", "status", "token_hash")
