from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine

from scheduling.types import Wish
from web.booking import draft as drafts
from web.booking.draft import Draft, HeldTime, open_draft, seal_draft

HOLD = HeldTime(
    hold_id=5,
    token="secret",
    wish=Wish(service_ids=(3,), add_on_ids=(1, 2), location_id=7, party_size=2, arrival_mode="drop_off"),
    starts_at=datetime(2026, 11, 24, 15, tzinfo=UTC),
    ends_at=datetime(2026, 11, 24, 16, tzinfo=UTC),
    expires_at=datetime(2026, 11, 23, 15, 10, tzinfo=UTC),
    price_minor=None,
    currency="MXN",
    deposit_minor=0,
)
DRAFT = Draft(
    visit="run",
    service_id=3,
    add_on_ids=(1, 2),
    asset={"plate": "NXP-482-A"},
    symptoms=("leak",),
    note="ñandú 🚗",
    name="Laura",
    is_visit_told=True,
    hold=HOLD,
)


def test_a_draft_comes_back_as_it_went():
    assert open_draft(seal_draft(DRAFT, schema_name="a"), schema_name="a") == DRAFT


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"service_ids": [3], "add_on_ids": [1], "shade": "red"}, Wish(service_ids=(3,), add_on_ids=(1,))),
        ("SlotRequest(service_id=3)", None),
    ],
)
def test_a_hold_outlives_a_program_that_knew_more_or_less_of_a_wish(written, read, monkeypatch):
    encode = drafts._encode
    monkeypatch.setattr(
        drafts, "_encode", lambda each: {**encode(each), "wish": written} if each is HOLD else encode(each)
    )

    opened = open_draft(seal_draft(DRAFT, schema_name="a"), schema_name="a")

    assert opened == replace(DRAFT, hold=replace(HOLD, wish=read))


def test_nothing_chosen_needs_no_address():
    assert seal_draft(Draft(), schema_name="a") == ""


def test_a_seal_hides_what_is_in_it_and_fits_an_address():
    sealed = seal_draft(replace(DRAFT, note="x" * 2000), schema_name="a")

    assert "NXP-482-A" not in sealed
    assert "Laura" not in sealed
    assert sealed.replace("-", "").replace("_", "").isalnum()
    assert len(sealed) < 2000


def test_another_tenant_s_damaged_or_old_draft_is_a_fresh_one():
    sealed = seal_draft(DRAFT, schema_name="a")
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)):
        old = seal_draft(DRAFT, schema_name="a")

    for bad in (sealed[:-5], "x" * 20_000, "gAAAA", "ñ", "", old):
        assert open_draft(bad, schema_name="a").service_id is None
    assert open_draft(sealed, schema_name="b").service_id is None


def test_another_service_drops_what_belonged_to_the_old_one():
    other = DRAFT.choose_service(4)

    assert (other.service_id, other.add_on_ids, other.hold, other.is_visit_told) == (4, (), None, False)
    assert other.asset == DRAFT.asset
    assert DRAFT.choose_service(3) == DRAFT


def test_a_draft_of_before_a_new_secret_comes_back(settings):
    sealed = seal_draft(DRAFT, schema_name="a")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-of-the-same-length-7c1d0e"

    assert open_draft(sealed, schema_name="a") == DRAFT
    settings.SECRET_KEY_FALLBACKS = []
    assert open_draft(sealed, schema_name="a").name == ""
