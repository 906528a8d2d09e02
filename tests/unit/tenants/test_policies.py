"""What each state allows and leads to, and addresses that a business may have."""

from __future__ import annotations

import pytest

from tenants.enums import TenantAct, TenantStatus
from tenants.errors import ActRefused, SlugInvalid, SlugReserved
from tenants.policies import (
    ABILITIES,
    CUSTOMER_TEXTS,
    RESERVED,
    STAFF_TEXTS,
    TRANSITIONS,
    check_act,
    check_slug,
    list_acts,
)

OPEN = {"book", "move", "cancel", "remind", "owner_read", "staff_read", "step", "write"}


def test_table_of_abilities():
    assert {status: set(abilities) for status, abilities in ABILITIES.items()} == {
        "provisioning": set(),
        "trial": OPEN,
        "active": OPEN,
        "past_due": OPEN,
        "read_only": {"cancel", "remind", "owner_read", "staff_read", "step"},
        "suspended": {"cancel", "remind", "owner_read", "staff_read"},
        "closed": {"cancel", "owner_read"},
    }


def test_every_state_has_a_line_and_every_refusal_a_text():
    narrowed = {status for status, abilities in ABILITIES.items() if set(abilities) != OPEN} - {"provisioning"}

    assert set(ABILITIES) == set(TenantStatus.values)
    assert set(CUSTOMER_TEXTS) == set(STAFF_TEXTS) == narrowed
    assert {status: set(texts) for status, texts in CUSTOMER_TEXTS.items()} == {
        status: {"book", "move"} | ({"step"} if "step" not in ABILITIES[status] else set()) for status in narrowed
    }


def test_table_of_acts():
    assert {status: {str(act) for act in list_acts(status)} for status in TenantStatus.values} == {
        "provisioning": set(),
        "trial": {"activate", "suspend", "close"},
        "active": {"mark_past_due", "suspend", "close"},
        "past_due": {"activate", "restrict", "suspend", "close"},
        "read_only": {"activate", "suspend", "close"},
        "suspended": {"resume", "close"},
        "closed": {"reopen"},
    }
    assert {str(act): each.target for act, each in TRANSITIONS.items()} == {
        "activate": "active",
        "mark_past_due": "past_due",
        "restrict": "read_only",
        "suspend": "suspended",
        "resume": None,
        "close": "closed",
        "reopen": None,
    }


def test_what_was_decided_upon_another_state_is_refused():
    check_act(TenantAct.SUSPEND, status="trial", seen="trial")
    check_act(TenantAct.SUSPEND, status="trial", seen=None)

    with pytest.raises(ActRefused) as caught:
        check_act(TenantAct.SUSPEND, status="past_due", seen="active")

    assert (caught.value.status, caught.value.code) == ("past_due", "act_refused")


@pytest.mark.parametrize("slug", ["abc", "taller-morales", "t34", "a1b-2c", "a" * 40])
def test_good_slug(slug):
    assert check_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    [
        "", "ab", "a" * 41, "-abc", "abc-", "a--b", "1abc", "Taller", "taller morales", "tal'ler", 'tal"ler', "tal_ler",
        "taller.x",
        "tallér", "ｔａｌｌｅｒ", "taller\n", "taller\x00", "<script>", "a;drop schema public", "xn--abc", "a/b",
    ],
)  # fmt: skip
def test_bad_slug(slug):
    with pytest.raises(SlugInvalid) as caught:
        check_slug(slug)

    assert caught.value.errors == {"slug": (SlugInvalid.text,)}


@pytest.mark.parametrize("slug", ["admin", "www", "api", "turnero", "operator", "mail"])
def test_reserved_slug(slug):
    with pytest.raises(SlugReserved):
        check_slug(slug)


def test_reserved_words_would_be_valid_otherwise():
    assert {word for word in RESERVED if word != word.lower() or " " in word} == set()
