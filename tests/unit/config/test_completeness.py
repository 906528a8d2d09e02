"""What production refuses, each in words, and all of it at once."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import completeness
from config.completeness import list_faults, require_complete_environment
from config.environment import ROOT, VARIABLES
from tests.factories.environment import COMPLETE, SECRET

LOCAL = "must be a name that others can reach, not localhost or a number: businesses live on its subdomains"
LIKE_AN_ADDRESS = "is a host without scheme and path: turnero.example, not https://turnero.example/"
NO_PASSWORD = "has no password: only a socket (unix://) may do without one, the loopback may not"
IN_CLEAR = "would send its secret in the clear: https://"

NO_SERVER = "holds a server that is no IP address: 9.9.9.9, or 9.9.9.9:5353"
REFUSED = {
    "TURNERO_METRICS_TOKEN": [
        ("short", "is shorter than 32 characters"),
        ("ñ" * 40, "holds what no header carries"),
        ("x" * 20 + " " + "x" * 20, "holds what no header carries"),
        ("x" * 40 + "\n", "holds what no header carries"),
    ],
    "TURNERO_SECRET_KEY": [
        ("short", "is shorter than 50 characters"),
        (SECRET[:49], "is shorter than 50 characters"),
        ("ab" * 30, "repeats itself: take random characters"),
        ("abcdefghijkl" * 5, "repeats itself: take random characters"),
        ("development-only-never-in-production-0123456789-abcdef", "is one that was published"),
        ("django-insecure-" + SECRET, "is one that was published"),
        ("only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz", "is one that was published"),
    ],
    "TURNERO_SECRET_KEY_FALLBACKS": [
        ("short", "holds one that is shorter than 50 characters"),
        (f"{SECRET} {SECRET[:49]}", "holds one that is shorter than 50 characters"),
        (f"{SECRET},{'ab' * 30} {'ab' * 30}", "holds one that repeats itself: take random characters"),
    ],
    "TURNERO_TOMBSTONE_KEYS": [
        ("short", "holds one that is shorter than 50 characters"),
        (f"{SECRET} {SECRET[:49]}", "holds one that is shorter than 50 characters"),
        (f"{SECRET},{'ab' * 30} {'ab' * 30}", "holds one that repeats itself: take random characters"),
    ],
    "TURNERO_PLATFORM_HOST": [
        ("localhost", LOCAL),
        ("LOCALHOST:8000", LOCAL),
        ("turnero.localhost", LOCAL),
        ("127.0.0.1", LOCAL),
        ("192.0.2.7:8443", LOCAL),
        ("localhost.localdomain", LOCAL),
        ("127.1", "is not a host's name"),
        ("0x7f.1:8000", "is not a host's name"),
        ("[::1]:8000", LOCAL),
        ("::1", LOCAL),
        ("http://turnero.example", LIKE_AN_ADDRESS),
        ("https://turnero.example/", LIKE_AN_ADDRESS),
        ("turnero.example/", LIKE_AN_ADDRESS),
        ("turnero", "is not a host's name"),
        ("tur nero.example", "is not a host's name"),
        ("turnero.example:http", "is not a host's name"),
        ("turnero.example:80", "must not be on port 80: production is reached by https only"),
        ("www.turnero.example", "is named without www., which is answered too"),
        ("<your-host>.example", "still holds a placeholder"),
    ],
    "DATABASE_URL": [
        ("mysql://u:p@db.example/x", "must start with postgresql://"),
        ("postgresql://u:p@db.example", "names no database"),
        ("postgresql://u:p@db.example:port/x", "is not an address"),
        ("postgresql://turnero:<password>@db.example/turnero", "still holds a placeholder"),
    ],
    "TURNERO_REPLICATION_URL": [
        ("mysql://u:p@db.example/x", "must start with postgresql://"),
        ("postgresql://u:p@db.example", "names no database"),
    ],
    "REDIS_URL": [
        ("redis://cache.example:6379/0", NO_PASSWORD),
        ("redis://127.0.0.1:6379/0", NO_PASSWORD),
        ("redis://localhost", NO_PASSWORD),
        ("redis://user@cache.example", NO_PASSWORD),
        ("redis://127.0.0.1/0?password=p", NO_PASSWORD),
        ("rediss://cache.example", NO_PASSWORD),
        ("redis://:p@/0", "names no host"),
        ("unix://", "names no socket"),
        ("memcached://:p@cache.example", "must start with redis://, rediss:// or unix://"),
        ("redis://:p@[cache.example/0", "is not an address"),
    ],
    "TURNERO_SMTP_URL": [
        ("http://mail.example", "must start with one of smtp://, smtp+tls://, smtps://"),
        ("smtp+tls://", "names no host"),
        ("smtps://user@mail.example", "has a user without a password, or the other way round"),
        ("smtps://:p@mail.example", "has a user without a password, or the other way round"),
        ("smtp://u:p@mail.example", "would send its password in the clear: smtp+tls:// or smtps://"),
        ("smtp+tls://u:p@mail.example:mail", "is not an address"),
    ],
    "TURNERO_FROM_EMAIL": [
        ("turnero", "is not an e-mail address"),
        ("citas@localhost", "is not an e-mail address"),
        ("@turnero.example", "is not an e-mail address"),
        ("<name> <citas@turnero.example>", "is not an e-mail address"),
    ],
    "SENTRY_DSN": [
        ("key@errors.example/1", "must start with https://"),
        ("http://key@errors.example/1", IN_CLEAR),
    ],
    "TURNERO_DATABASE_POOL_SIZE": [("0", "must be at least 1, not 0"), ("many", "must be a whole number, not 'many'")],
    "TURNERO_BACKUP_KEY": [
        ("AGE-SECRET-KEY-1QQPQYQSZQG", "is the secret half: it belongs on no server"),
        ("ana@example.com", "is no public key of age or SSH"),
    ],
    "TURNERO_SPARE_SCHEMAS": [("-1", "must be at least 0, not -1")],
    "TURNERO_TENANTS_PER_CONNECTION": [("0", "must be at least 1, not 0")],
    "TURNERO_WORKER_PROCESSES": [("0", "must be at least 1, not 0")],
    "TURNERO_DNS_SERVERS": [
        ("dns.example", NO_SERVER),
        ("9.9.9.9:port", NO_SERVER),
        ("9.9.9.9, x", NO_SERVER),
        ("9.9.9.9:0", NO_SERVER),
        ("[2620:fe::fe", NO_SERVER),
    ],
    "TURNERO_PLAN_CACHE_MODE": [
        ("generic", "must be one of auto, force_generic_plan, force_custom_plan, not 'generic'")
    ],
}
ACCEPTED = {
    "TURNERO_METRICS_TOKEN": ["0123456789abcdef" * 2, "a-_.~+/=" * 8],
    "TURNERO_SECRET_KEY": [
        "8097f1835e826b8443a094263b05f5d716d5c7f2910a0edc464256b349c9c63f",
        "Pg_hOYQ1fOv_IkRnyES49crwCJW_1AF-KUvQlteSZzqO25p4u6DUbnqwtTq5RIgZ8ns",
    ],
    "TURNERO_SECRET_KEY_FALLBACKS": [SECRET, f"{SECRET}  {SECRET[::-1]}"],
    "TURNERO_TOMBSTONE_KEYS": [SECRET, f"{SECRET}  {SECRET[::-1]}"],
    "TURNERO_PLATFORM_HOST": ["turnero.example:8443", "Citas.Turnero.example", "localhost.example"],
    "DATABASE_URL": ["postgresql:///turnero?host=/run/postgresql", "postgres://u:p@db.example:5433/x?sslmode=require"],
    "TURNERO_REPLICATION_URL": ["postgresql://copies:p@db.example/turnero"],
    "REDIS_URL": [
        "unix:///run/redis/redis.sock?db=0",
        "rediss://:p@cache.example:6380/1",
        "redis://:p@127.0.0.1/0",
    ],
    "TURNERO_SMTP_URL": ["smtp://relay.example:25", "smtp://u:p@127.0.0.1:1025", "smtps://u:p@mail.example"],
    "TURNERO_FROM_EMAIL": ["Citas <citas@turnero.example>"],
    "SENTRY_DSN": ["https://key@errors.example/1", "http://key@127.0.0.1:9000/1", "http://key@localhost:9000/1"],
    "TURNERO_DNS_SERVERS": ["9.9.9.9", "9.9.9.9:5353, 149.112.112.112", "2620:fe::fe", "[2620:fe::fe]:53,[2620:fe::9]"],
    "TURNERO_SPARE_SCHEMAS": ["0"],
    "TURNERO_BACKUP_KEY": ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "ssh-ed25519 AAAA"],
    "TURNERO_PLAN_CACHE_MODE": ["auto", "force_generic_plan", "force_custom_plan"],
}


def test_complete_environment_is_not_refused():
    assert list_faults(COMPLETE) == []


@pytest.mark.parametrize("missing", COMPLETE)
def test_each_thing_that_production_needs_is_named_when_it_is_missing(missing):
    given = {name: value for name, value in COMPLETE.items() if name != missing}

    assert list_faults(given) == [f"{missing} is not set"]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [(name, value, fault) for name, cases in REFUSED.items() for value, fault in cases],
)
def test_wrong_value_is_refused_in_words(name, value, fault):
    assert f"{name} {fault}" in list_faults(COMPLETE | {name: value})


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ACCEPTED.items() for value in values])
def test_right_value_is_taken(name, value):
    assert list_faults(COMPLETE | {name: value}) == []


def test_all_faults_are_in_one_message(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1")
    monkeypatch.setenv("TURNERO_SPARE_SCHEMAS", "some")

    with pytest.raises(ImproperlyConfigured) as refusal:
        require_complete_environment()

    assert str(refusal.value).splitlines() == [
        "production does not start like this:",
        "- TURNERO_SECRET_KEY is not set",
        "- TURNERO_PLATFORM_HOST is not set",
        "- DATABASE_URL is not set",
        "- TURNERO_SMTP_URL is not set",
        "- TURNERO_FROM_EMAIL is not set",
        f"- REDIS_URL {NO_PASSWORD}",
        "- TURNERO_SPARE_SCHEMAS must be a whole number, not 'some'",
    ]


@pytest.mark.parametrize("name", ["TURNERO_SMS_URL", "TURNERO_SMS_ACCOUNT", "TURNERO_SMS_SECRET", "TURNERO_SMS_FROM"])
def test_half_a_carrier_is_refused(name):
    carrier = {
        "TURNERO_SMS_URL": "https://sms.example",
        "TURNERO_SMS_ACCOUNT": "AC1",
        "TURNERO_SMS_SECRET": "s",
        "TURNERO_SMS_FROM": "+15005550006",
    }
    first = next(each for each in carrier if each != name)
    half = {each: value for each, value in carrier.items() if each != name}

    assert list_faults(COMPLETE | carrier) == []
    assert list_faults(COMPLETE | half) == [f"{first} is set and {name} is not: SMS need all four, or none"]
    assert list_faults(COMPLETE | carrier | {"TURNERO_SMS_URL": "http://sms.example"}) == [
        f"TURNERO_SMS_URL {IN_CLEAR}"
    ]


@pytest.mark.parametrize("name", ["TURNERO_S3_BUCKET", "TURNERO_S3_ENDPOINT", "TURNERO_S3_KEY", "TURNERO_S3_SECRET"])
def test_half_a_store_is_refused(name):
    store = {
        "TURNERO_S3_BUCKET": "files",
        "TURNERO_S3_ENDPOINT": "https://s3.example",
        "TURNERO_S3_KEY": "k",
        "TURNERO_S3_SECRET": "s",
    }
    first = next(each for each in store if each != name)
    half = {each: value for each, value in store.items() if each != name}

    assert list_faults(COMPLETE | store) == []
    assert list_faults(COMPLETE | half) == [f"{first} is set and {name} is not: an S3 store needs all four, or none"]
    assert list_faults(COMPLETE | store | {"TURNERO_S3_ENDPOINT": "http://s3.example"}) == [
        f"TURNERO_S3_ENDPOINT {IN_CLEAR}"
    ]


def test_bucket_of_archives_without_a_store_is_refused():
    assert list_faults(COMPLETE | {"TURNERO_BACKUP_BUCKET": "archives"}) == [
        "TURNERO_BACKUP_BUCKET is set and TURNERO_S3_ENDPOINT is not: archives lie at the store of the pictures"
    ]


def test_store_without_its_program_is_refused(monkeypatch):
    monkeypatch.setattr(completeness, "find_spec", lambda name: None)
    store = dict.fromkeys(("TURNERO_S3_BUCKET", "TURNERO_S3_KEY", "TURNERO_S3_SECRET"), "x")

    assert list_faults(COMPLETE | store | {"TURNERO_S3_ENDPOINT": "https://s3.example"}) == [
        "TURNERO_S3_BUCKET is set and the extra [s3] is not installed"
    ]


def test_no_secret_is_repeated_in_a_refusal():
    secret = "correct-horse-battery"
    given = {
        "TURNERO_SECRET_KEY": secret,
        "DATABASE_URL": f"mysql://u:{secret}@db.example/x",
        "REDIS_URL": f"memcached://:{secret}@x",
        "TURNERO_SMTP_URL": f"smtp://u:{secret}@mail.example",
        "SENTRY_DSN": f"http://{secret}@errors.example/1",
    }

    faults = list_faults(given)

    assert [fault.split()[0] for fault in faults if "is not set" not in fault] == [
        "TURNERO_SECRET_KEY", "DATABASE_URL", "REDIS_URL", "TURNERO_SMTP_URL", "SENTRY_DSN"
    ]  # fmt: skip
    assert secret not in " ".join(faults)


def test_example_unchanged_does_not_start():
    lines = (ROOT / "infra" / "environment.example").read_text().splitlines()
    given = dict(line.replace("'", "").split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    faults = list_faults(given)

    for name in ("TURNERO_SECRET_KEY", "TURNERO_PLATFORM_HOST", "REDIS_URL", "TURNERO_SMTP_URL", "TURNERO_FROM_EMAIL"):
        assert f"{name} still holds a placeholder" in faults


def test_no_secret_that_is_written_in_the_house_is_taken():
    folders = [each for each in ROOT.iterdir() if each.is_dir() and not each.name.startswith(".")]
    names = ("*.py", "*.md", "*.example", "*.service")
    files = [path for folder in folders for name in names for path in folder.rglob(name)]
    texts = [path.read_text(encoding="utf-8") for path in files]

    lines = [line for text in texts for line in text.splitlines() if "SECRET" in line]
    written = {found for line in lines for found in re.findall(r"[\"'=]([^\s\"'=]{16,})", line)}

    assert any("development-only" in each for each in written)
    assert [each for each in written if not list_faults(COMPLETE | {"TURNERO_SECRET_KEY": each})] == []


STRIPE = {
    "TURNERO_STRIPE_KEY": "sk_live_key",
    "TURNERO_STRIPE_WEBHOOK_SECRETS": "whsec_new whsec_old",
    "TURNERO_STRIPE_NOTICE_SECRETS": "whsec_notices",
}


@pytest.mark.parametrize("name", STRIPE)
def test_half_of_stripe_is_refused(name):
    first = next(each for each in STRIPE if each != name)
    half = {each: value for each, value in STRIPE.items() if each != name}

    assert list_faults(COMPLETE | STRIPE) == []
    assert list_faults(COMPLETE | half) == [f"{first} is set and {name} is not: Stripe needs all three, or none"]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("TURNERO_STRIPE_KEY", "pk_live_key", "must start with one of sk_live_, rk_live_, sk_test_, rk_test_"),
        ("TURNERO_STRIPE_WEBHOOK_SECRETS", "whsec_new secret", "must start with whsec_, each of them"),
        ("TURNERO_STRIPE_NOTICE_SECRETS", "secret", "must start with whsec_, each of them"),
        ("TURNERO_STRIPE_URL", "http://stripe.example", IN_CLEAR),
    ],
)
def test_wrong_values_of_stripe_are_named(name, value, fault):
    assert list_faults(COMPLETE | STRIPE | {name: value}) == [f"{name} {fault}"]
