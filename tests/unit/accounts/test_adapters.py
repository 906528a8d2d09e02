"""What our adapter makes of allauth."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from accounts.adapters import AccountAdapter


@pytest.mark.parametrize(("has_password", "ways"), [(True, ["reauthenticate"]), (False, [])])
def test_people_prove_themselves_by_their_password_alone(has_password, ways):
    person = SimpleNamespace(has_usable_password=lambda: has_password)

    assert [each["id"] for each in AccountAdapter().get_reauthentication_methods(person)] == ways
