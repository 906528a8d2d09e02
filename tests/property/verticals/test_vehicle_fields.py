"""Whatever is typed about a vehicle: never an exception, and what is stored is stored again as it is."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from verticals.automotive.vertical import VERTICAL
from verticals.automotive.vin import compute_check_digit, has_right_check_digit, has_vin_shape

TODAY = date(2026, 11, 23)
VIN_ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
# The table of 49 CFR 565.15 (c) written out, as an oracle for the one that the code computes.
_TABLE = (
    "0=0 1=1 2=2 3=3 4=4 5=5 6=6 7=7 8=8 9=9 A=1 B=2 C=3 D=4 E=5 F=6 G=7 H=8 J=1 K=2 L=3 M=4 N=5 P=7 R=9 "
    "S=2 T=3 U=4 V=5 W=6 X=7 Y=8 Z=9"
)
VALUES = {pair[0]: int(pair[2]) for pair in _TABLE.split()}

vins = st.text(alphabet=VIN_ALPHABET, min_size=17, max_size=17)
texts = st.one_of(st.text(max_size=40), st.text("0123456789ABCxyzIOQ .,-·", max_size=20))


@given(vins)
def test_check_digit_agrees_with_the_table(vin: str) -> None:
    products = [VALUES[vin[index]] * weight for index, weight in enumerate([8, 7, 6, 5, 4, 3, 2, 10])]
    products += [VALUES[vin[index + 9]] * weight for index, weight in enumerate([9, 8, 7, 6, 5, 4, 3, 2])]

    assert compute_check_digit(vin) == "0123456789X"[sum(products) % 11]


@given(vins, st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(vin: str, position: int, digit: str) -> None:
    right = vin[:8] + compute_check_digit(vin) + vin[9:]
    typo = right[:position] + digit + right[position + 1 :]
    # Letters share values with digits (A is 1): only a change of value can be noticed.
    is_noticeable = VALUES[right[position]] != VALUES[digit] if position != 8 else right[8] != digit

    assert has_right_check_digit(typo) is not is_noticeable


@given(st.dictionaries(st.sampled_from(["make", "model", "year", "plate", "vin", "mileage"]), texts))
def test_check_asset_never_fails_and_is_stable(typed: dict[str, str]) -> None:
    check = VERTICAL.check_asset(typed, today=TODAY, country="MX")
    again = VERTICAL.check_asset(check.values, today=TODAY, country="MX")

    assert set(check.values).isdisjoint(check.errors)
    if "year" not in check.errors:
        assert again.values == check.values
    if "vin" in check.values and int(check.values.get("year", "9999")) >= 1981:
        assert has_vin_shape(check.values["vin"]) or "vin" in check.warnings
