from __future__ import annotations

import pytest

from config import environment
from devtools.drill import stripe as drill
from devtools.drill.stripe.scenarios import SCENARIOS, Differs, Scenario, expect, expecting, play
from devtools.drill.stripe.site import Site
from devtools.errors import DevtoolsError
from devtools.stripe_server.server import API_KEY, StandIn
from kernel.errors import Conflict


@pytest.fixture
def no_key(monkeypatch):
    monkeypatch.delenv("STRIPE_TEST_KEY", raising=False)
    assert environment.read_environment().stripe_test_key == ""


def test_every_scenario_ends_as_it_should_at_the_stand_in(no_key, capsys):
    assert drill.run([]) == 0

    printed = capsys.readouterr().out
    assert printed.count("ok    ") == len(SCENARIOS) == 21
    assert "0 unknown or mistyped fields sent, 0 answers that Stripe could not give" in printed
    assert "Stripe itself was not asked" in printed


def test_key_needs_an_account(monkeypatch, capsys):
    monkeypatch.setenv("STRIPE_TEST_KEY", "sk_test_drill")

    assert drill.run([]) == 1
    assert "--account" in capsys.readouterr().err


def test_key_plays_at_stripe_what_needs_no_stand_in(monkeypatch, capsys):
    with StandIn() as elsewhere:
        monkeypatch.setenv("STRIPE_TEST_KEY", API_KEY)
        monkeypatch.setattr(drill, "STRIPE_URL", elsewhere.url)

        assert drill.run(["--account", elsewhere.open_account()]) == 0

    assert "Stripe:   16 scenarios, 0 failed" in capsys.readouterr().out


def test_scenario_that_ends_otherwise_fails(capsys):
    def what_never_works(site):
        """What never works."""
        expect(1, 2)

    assert play(Scenario(what_never_works), None) is False
    assert "FAIL  What never works: Differs found 1, not 2" in capsys.readouterr().err


def test_what_is_not_refused_differs():
    with pytest.raises(Differs, match="Conflict was not raised"), expecting(Conflict):
        pass


def test_scenarios_of_the_stand_in_know_where_they_are():
    with StandIn() as stand_in:
        site = Site.make(url=stand_in.url, key=API_KEY, account=stand_in.open_account(), stand_in=None)

        with pytest.raises(DevtoolsError, match="stand-in only"):
            site.get_stand_in()
        with pytest.raises(DevtoolsError, match="No such customer"):
            site._post("/v1/payment_methods/pm_card_visa/attach", {"customer": "cus_none"})


def test_card_that_pays_is_not_declined():
    from devtools.drill.stripe.scenarios import DeclineReason, _expect_decline

    with StandIn() as stand_in:
        site = Site.make(url=stand_in.url, key=API_KEY, account=stand_in.open_account(), stand_in=stand_in)

        with pytest.raises(Differs, match="it paid"):
            _expect_decline(site, "visa", DeclineReason.REFUSED)
