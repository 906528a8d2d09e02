from __future__ import annotations

import pytest

from config import environment
from config.environment import NotConfiguredError, child_environment, read_environment, require_settings_module


@pytest.mark.parametrize(("given", "size"), [(None, 20), ("", 20), ("7", 7)])
def test_number_is_read_and_an_empty_one_is_absent(monkeypatch, given, size):
    monkeypatch.delenv("TURNERO_DATABASE_POOL_SIZE", raising=False)
    if given is not None:
        monkeypatch.setenv("TURNERO_DATABASE_POOL_SIZE", given)

    assert read_environment().database_pool_size == size


def test_number_that_is_none_is_named(monkeypatch):
    monkeypatch.setenv("TURNERO_SPARE_SCHEMAS", "three")

    with pytest.raises(ValueError, match="TURNERO_SPARE_SCHEMAS must be a whole number, not 'three'"):
        read_environment()


def test_word_that_is_none_of_those_there_are_is_named(monkeypatch):
    monkeypatch.setenv("TURNERO_PLAN_CACHE_MODE", "generic")

    with pytest.raises(ValueError, match=r"^TURNERO_PLAN_CACHE_MODE must be one of auto, .*, not 'generic'$"):
        read_environment()


@pytest.mark.parametrize("given", [None, ""])
def test_nobody_goes_on_without_settings(monkeypatch, given):
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    if given is not None:
        monkeypatch.setenv("DJANGO_SETTINGS_MODULE", given)

    with pytest.raises(NotConfiguredError, match="DJANGO_SETTINGS_MODULE is not set"):
        require_settings_module()


def test_variable_that_is_not_declared_is_not_read():
    with pytest.raises(LookupError, match="HOME is not declared"):
        environment._find("HOME")


def test_child_gets_a_copy_with_changes(monkeypatch):
    monkeypatch.setenv("TURNERO_SMS_URL", "https://sms.example")
    monkeypatch.setenv("TURNERO_SMS_FROM", "+1")

    child = child_environment(TURNERO_SMS_URL=None, TURNERO_SMS_FROM="+2", TURNERO_SMS_SECRET=None)

    assert (child.get("TURNERO_SMS_URL"), child["TURNERO_SMS_FROM"], "TURNERO_SMS_SECRET" in child) == (
        None,
        "+2",
        False,
    )
    assert read_environment().sms_url == "https://sms.example"


def test_default_gives_way_to_what_is_set(monkeypatch):
    monkeypatch.setenv("TURNERO_SMS_FROM", "+1")
    monkeypatch.setenv("TURNERO_SMS_SECRET", "x")
    monkeypatch.delenv("TURNERO_SMS_SECRET")

    environment.set_default("TURNERO_SMS_FROM", "+2")
    environment.set_default("TURNERO_SMS_SECRET", "y")

    assert (read_environment().sms_from, read_environment().sms_secret) == ("+1", "y")
