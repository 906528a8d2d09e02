from __future__ import annotations

import pytest

from config.settings.database import add_session_settings, parse_database_url


def test_options_of_the_address_win_over_ours():
    answers = [add_session_settings(given, plan_cache_mode="auto") for given in ({}, {"options": "-c lock_timeout=1"})]

    assert answers == [
        "-c lock_timeout=5000 -c plan_cache_mode=auto",
        "-c lock_timeout=5000 -c plan_cache_mode=auto -c lock_timeout=1",
    ]


@pytest.mark.parametrize("url", ["mysql://db.example/x", "db.example/x", "sqlite:///x.db"])
def test_only_postgresql_is_taken(url):
    with pytest.raises(ValueError, match="DATABASE_URL must start with postgresql://, not"):
        parse_database_url(url)


def test_address_with_a_socket_and_signs_in_the_password_is_read_whole():
    parsed = parse_database_url("postgresql://ana:p%40ss@/turnero?host=/run/pg&port=5433&sslmode=require")

    assert {name: parsed[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "turnero",
        "USER": "ana",
        "PASSWORD": "p@ss",
        "HOST": "/run/pg",
        "PORT": "5433",
    }
