"""What each environment changes, read as its server reads it."""

from __future__ import annotations

import copy
import runpy
import sys

import pytest
from django.core import management
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler

from config import manage
from config.settings import base
from config.settings.celery import make_broker_url

COMPLETE = {
    "TURNERO_SECRET_KEY": "only-for-the-test",
    "DATABASE_URL": "postgresql://u@db.example/x",
    "REDIS_URL": "redis://cache.example/0",
    "TURNERO_SMTP_URL": "smtp://mail.example:25",
}


@pytest.fixture
def read(monkeypatch):
    """Return a function that reads settings; what they change in the shared ones is taken back."""
    for name in ("LOGGING", "STORAGES"):
        monkeypatch.setattr(base, name, copy.deepcopy(getattr(base, name)))
    return lambda name: runpy.run_module(f"config.settings.{name}")


@pytest.mark.parametrize("missing", COMPLETE)
def test_production_does_not_start_without_what_it_needs(read, monkeypatch, missing):
    for name, value in (COMPLETE | {missing: ""}).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=f"environment variables: {missing}$"):
        read("production")


def test_production_asks_for_tls_and_binds_cookies_to_their_host(read, monkeypatch):
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)

    settings = read("production")

    expected = {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
    }
    assert {name: settings[name] for name in expected} == expected
    assert settings["LOGGING"]["handlers"]["console"]["formatter"] == "json"
    assert "devtools" not in settings["INSTALLED_APPS"]


def test_errors_reach_sentry_without_personal_data(read, monkeypatch):
    import sentry_sdk

    told = []
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: told.append(options))
    monkeypatch.setattr(base, "SENTRY_DSN", "https://key@errors.example/1")
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)

    read("production")

    ((options),) = told
    assert options.pop("before_send").__name__ == "hide_in_report"
    assert options == {
        "dsn": "https://key@errors.example/1",
        "send_default_pii": False,
        "include_local_variables": False,
        "traces_sample_rate": 0.0,
    }


def test_development_raises_the_limits_of_addresses_alone(read):
    raised = [name for name, limit in read("development")["LIMITS"].items() if limit != base.LIMITS[name]]

    assert raised == list(base.LIMITS_BY_ADDRESS)
    assert set(raised) < set(base.LIMITS)


def test_development_serves_files_from_where_they_lie(read):
    settings = read("development")

    assert (settings["DEBUG"], settings["WHITENOISE_USE_FINDERS"]) == (False, True)
    assert settings["INSTALLED_APPS"][-1] == "devtools"


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("redis://cache.example:6379/4", "redis://cache.example:6379/4"),
        ("unix:///run/redis.sock?db=4", "redis+socket:///run/redis.sock?virtual_host=4"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
    ],
)
def test_broker_is_the_same_redis_in_kombus_words(redis, broker):
    assert make_broker_url(redis) == broker


def test_manage_runs_the_command_with_the_settings_of_its_environment(monkeypatch):
    ran = []
    monkeypatch.setattr(management, "execute_from_command_line", ran.append)
    monkeypatch.setattr(sys, "argv", ["manage", "check"])

    manage.main()

    assert ran == [["manage", "check"]]


def test_wsgi_serves_django():
    assert isinstance(runpy.run_module("config.wsgi")["application"], WSGIHandler)
