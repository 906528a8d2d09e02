from __future__ import annotations

from config.settings.database import add_lock_timeout


def test_options_of_the_address_win_over_ours():
    assert [add_lock_timeout(given) for given in ({}, {"options": "-c lock_timeout=1"})] == [
        "-c lock_timeout=5000",
        "-c lock_timeout=5000 -c lock_timeout=1",
    ]
