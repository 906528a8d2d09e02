"""What each environment changes, read as its server reads it."""

from __future__ import annotations

import copy
import runpy
import ssl
import sys
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from kombu import Connection

from config import manage
from config.environment import VARIABLES, NotConfiguredError, read_environment
from config.settings import base
from config.settings.celery import make_broker_url
from config.settings.channels import find_smtp_port
from config.settings.files import choose_backup_storage, choose_storage
from tests.factories.environment import COMPLETE


@pytest.fixture
def read(monkeypatch):
    """Return a function that reads settings; what they change in the shared ones is taken back."""
    for name in ("LOGGING", "STORAGES"):
        monkeypatch.setattr(base, name, copy.deepcopy(getattr(base, name)))
    return lambda name: runpy.run_module(f"config.settings.{name}")


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
        ("rediss://:p@cache.example:6380/1", "rediss://:p@cache.example:6380/1?ssl_cert_reqs=required"),
        ("rediss://:p@cache.example/1?a=b", "rediss://:p@cache.example/1?a=b&ssl_cert_reqs=required"),
        ("rediss://:p@cache.example?ssl_cert_reqs=none", "rediss://:p@cache.example?ssl_cert_reqs=none"),
    ],
)
def test_broker_is_the_same_redis_in_kombus_words(redis, broker):
    assert make_broker_url(redis) == broker


def test_broker_over_tls_must_show_its_certificate():
    broker = Connection(make_broker_url("rediss://:p@cache.example:6380/1"))

    assert broker.ssl == {"ssl_cert_reqs": ssl.CERT_REQUIRED}


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("smtps://u:p@mail.example", 465),
        ("smtp+tls://u:p@mail.example", 587),
        ("smtp://mail.example", 25),
        ("smtps://u:p@mail.example:10465", 10465),
    ],
)
def test_mail_goes_to_the_port_of_its_way_of_sending(url, port):
    assert find_smtp_port(urlsplit(url)) == port


def test_manage_runs_the_command_with_the_settings_of_its_environment(monkeypatch):
    ran = []
    monkeypatch.setattr(manage, "execute_from_command_line", ran.append)
    monkeypatch.setattr(sys, "argv", ["manage", "check"])

    manage.main()

    assert ran == [["manage", "check"]]


@pytest.mark.parametrize("refusal", [NotConfiguredError("Nobody chose."), ImproperlyConfigured("- X is not set")])
def test_manage_says_in_words_what_is_not_configured(monkeypatch, refusal):
    def refuse(_arguments: list[str]) -> None:
        raise refusal

    monkeypatch.setattr(manage, "execute_from_command_line", refuse)

    with pytest.raises(SystemExit, match=f"^manage: {refusal}$"):
        manage.main()


def test_production_refuses_first_and_reads_its_settings_then(read, monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ImproperlyConfigured, match="TURNERO_SECRET_KEY is not set"):
        read("production")
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)

    assert read("production")["SECURE_SSL_REDIRECT"] is True


def test_wsgi_serves_django():
    assert isinstance(runpy.run_module("config.wsgi")["application"], WSGIHandler)


@pytest.mark.parametrize("host", ["turnero.example", "127.0.0.1:8000", "localhost.example", "otherlocalhost"])
def test_development_serves_nobody_but_this_machine(read, monkeypatch, host):
    monkeypatch.setattr(base, "PLATFORM_HOST", host)

    with pytest.raises(
        ImproperlyConfigured, match=f"serve localhost only, not {host}: take config.settings.production"
    ):
        read("development")


@pytest.mark.parametrize(
    ("given", "expected"),
    [("", "localhost:8000"), ("localhost:8001", "localhost:8001"), ("A.Localhost", "A.Localhost")],
)
def test_development_knows_its_host(read, monkeypatch, given, expected):
    monkeypatch.setattr(base, "PLATFORM_HOST", given)

    assert read("development")["PLATFORM_HOST"] == expected


@pytest.mark.parametrize(
    ("given", "expected"), [(("", 25), ("127.0.0.1", 1025)), (("mail.example", 2525), ("mail.example", 2525))]
)
def test_development_sends_mail_to_the_catcher_unless_told_otherwise(read, monkeypatch, given, expected):
    monkeypatch.setattr(base, "EMAIL_HOST", given[0])
    monkeypatch.setattr(base, "EMAIL_PORT", given[1])

    settings = read("development")

    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == expected


def test_files_lie_in_a_folder_or_in_the_bucket_that_is_named(tmp_path):
    folder = choose_storage(replace(read_environment(), state_dir=tmp_path, s3_bucket=""))
    bucket = choose_storage(replace(read_environment(), s3_bucket="b", s3_endpoint="https://s3.example", s3_key="k"))

    assert folder["OPTIONS"]["location"] == str(tmp_path / "files")
    assert bucket["BACKEND"] == "storages.backends.s3.S3Storage"
    shown = {name: bucket["OPTIONS"][name] for name in ("bucket_name", "endpoint_url", "access_key", "default_acl")}
    assert shown == {
        "bucket_name": "b", "endpoint_url": "https://s3.example", "access_key": "k", "default_acl": None,
    }  # fmt: skip


def test_archives_lie_in_a_folder_or_in_a_bucket_of_their_own(tmp_path):
    here = replace(read_environment(), backup_dir=tmp_path, backup_bucket="")
    there = replace(here, backup_bucket="archives", s3_bucket="pictures", s3_endpoint="https://s3.example")

    folder, bucket = choose_backup_storage(here), choose_backup_storage(there)

    assert folder["OPTIONS"]["location"] == str(tmp_path)
    assert (bucket["OPTIONS"]["bucket_name"], bucket["OPTIONS"]["endpoint_url"]) == ("archives", "https://s3.example")
    assert choose_storage(there)["OPTIONS"]["bucket_name"] == "pictures"
