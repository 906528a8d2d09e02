"""Production as a server reads it: in a process of its own, told by its environment and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import ROOT, VARIABLES
from devtools.processes import own_environment
from tests.factories.environment import COMPLETE

TELL_SETTINGS = """
import copy, importlib, json, sys
# Whatever production adds to the other settings, which it may change in place, is found by comparing with a copy.
base = importlib.import_module("config.settings.base")
before = {name: copy.deepcopy(value) for name, value in vars(base).items() if name.isupper()}
import sentry_sdk
from config.settings import production
after = {name: value for name, value in vars(production).items() if name.isupper()}
changed = {name: value for name, value in after.items() if before.get(name, "nothing") != value}
options = sentry_sdk.get_client().options
sentry = {name: options[name] for name in sys.argv[1].split()} if sentry_sdk.get_client().is_active() else None
if sentry:
    sentry |= {name: each.__qualname__ for name, each in sentry.items() if callable(each)}
shared = {name: after[name] for name in sys.argv[2].split()}
def write(value):
    return json.dumps(value, default=lambda each: getattr(each, "__qualname__", type(each).__qualname__))
before["LOGGING"]["handlers"]["console"]["formatter"] = "json"
has_json_log = write(changed.pop("LOGGING")) == write(before["LOGGING"])
lost = sorted(set(before) - set(after))
print(json.dumps({"changed": changed, "has_json_log": has_json_log, "sentry": sentry, "shared": shared, "lost": lost}))
"""
SENTRY = {
    "dsn": "https://key@errors.example/1",
    "release": "2026.11.1",
    "send_default_pii": False,
    "max_request_body_size": "never",
    "include_local_variables": False,
    "include_source_context": False,
    "max_breadcrumbs": 0,
    "attach_stacktrace": False,
    "traces_sample_rate": None,
    "propagate_traces": False,
    "auto_session_tracking": False,
    "send_client_reports": False,
    "enable_logs": False,
    "default_integrations": False,
    "auto_enabling_integrations": False,
    "server_name": "turnero",
    "before_send": "note_facts",
    "before_breadcrumb": "drop",
    "transport": "ErrorsOnlyTransport",
}

CHANGED = {
    "DEBUG": False,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SESSION_COOKIE_NAME": "__Host-session",
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}
"""All that production sets beside what every environment has; its log's format is looked at below."""

SHARED = {
    "ALLOWED_HOSTS": ["*"],
    "PLATFORM_HOST": COMPLETE["TURNERO_PLATFORM_HOST"],
    "SECRET_KEY": COMPLETE["TURNERO_SECRET_KEY"],
    "REDIS_URL": COMPLETE["REDIS_URL"],
    "CELERY_BROKER_URL": COMPLETE["REDIS_URL"],
    "SESSION_ENGINE": "accounts.services.session_store",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_SAMESITE": "Lax",
    "SECURE_CONTENT_TYPE_NOSNIFF": True,
    "SECURE_REFERRER_POLICY": "strict-origin-when-cross-origin",
    "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
    "X_FRAME_OPTIONS": "DENY",
    "CORS_ALLOW_CREDENTIALS": False,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "mail.example",
    "EMAIL_PORT": 587,
    "EMAIL_HOST_USER": "u",
    "EMAIL_HOST_PASSWORD": "p",
    "EMAIL_USE_TLS": True,
    "EMAIL_USE_SSL": False,
    "EMAIL_TIMEOUT": 10,
    "DEFAULT_FROM_EMAIL": "citas@turnero.example",
    "SERVER_EMAIL": "citas@turnero.example",
    "TENANTS_PER_CONNECTION": 50,
}
STORAGE = "web.sheet_storage.SheetStorage"


def make_environment(**given: str) -> dict[str, str]:
    """An environment that holds what is given of our variables, and nothing that this test run was told."""
    bare: dict[str, str | None] = dict.fromkeys(VARIABLES)
    return own_environment(**{**bare, **given})


def run_python(*arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=make_environment(**given), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def read_settings(**given: str) -> dict:
    told = run_python("-c", TELL_SETTINGS, " ".join(SENTRY), " ".join(SHARED), **COMPLETE, **given)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def test_every_setting_of_production_has_its_value():
    told = read_settings()

    assert told == {"changed": CHANGED, "has_json_log": True, "sentry": None, "shared": SHARED, "lost": []}


def test_errors_reach_sentry_without_personal_data():
    told = read_settings(SENTRY_DSN=SENTRY["dsn"], TURNERO_RELEASE=SENTRY["release"])

    assert told["sentry"] == SENTRY


def test_database_is_used_as_measured():
    code = (
        "import json; from config.settings import production as p; "
        "print(json.dumps([p.DATABASES['default'], p.INSTALLED_APPS, p.STORAGES['staticfiles']['BACKEND']]))"
    )

    told = run_python("-c", code, **COMPLETE, TURNERO_PLAN_CACHE_MODE="auto", TURNERO_DATABASE_POOL_SIZE="7")

    assert told.returncode == 0, told.stderr
    database, installed, storage = json.loads(told.stdout)
    assert database["OPTIONS"] == {
        "options": "-c lock_timeout=5000 -c plan_cache_mode=auto",
        "prepare_threshold": 2,
        "pool": {"min_size": 1, "max_size": 7, "timeout": 20, "max_lifetime": 600},
    }
    assert (database["ENGINE"], "devtools" in installed, storage) == ("database.backend", False, STORAGE)


def test_log_lines_are_json_and_hide_tokens():
    code = (
        "import django, logging; django.setup(); "
        "logging.getLogger('django.request').warning('Not Found: %s', '/b/a-secret-token/')"
    )

    told = run_python("-c", code, **COMPLETE, DJANGO_SETTINGS_MODULE="config.settings.production")

    (line,) = told.stderr.splitlines()
    assert json.loads(line)["event"] == "Not Found: /b/***/"


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c", "import config.asgi"),
        ("-c", "import config.wsgi"),
        ("-m", "config.manage", "check"),
        ("-m", "celery", "-A", "config.celery", "report"),
    ],
)
def test_no_entry_point_starts_without_settings(arguments):
    told = run_python(*arguments, **COMPLETE, DJANGO_SETTINGS_MODULE="")

    assert told.returncode != 0
    assert "DJANGO_SETTINGS_MODULE is not set. A server needs config.settings.production" in told.stdout + told.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c", "import config.asgi"),
        ("-c", "import config.wsgi"),
        ("-m", "config.manage", "check"),
        ("-m", "celery", "-A", "config.celery", "worker"),
        ("-m", "celery", "-A", "config.celery", "beat"),
    ],
)
def test_no_entry_point_starts_half_configured(arguments):
    half = {name: value for name, value in COMPLETE.items() if name not in {"TURNERO_SECRET_KEY", "TURNERO_SMTP_URL"}}

    told = run_python(*arguments, **half, DJANGO_SETTINGS_MODULE="config.settings.production")

    assert told.returncode != 0
    assert "- TURNERO_SECRET_KEY is not set\n- TURNERO_SMTP_URL is not set" in told.stdout + told.stderr


def test_manage_says_what_is_missing_in_words_only():
    told = run_python("-m", "config.manage", "check", DJANGO_SETTINGS_MODULE="config.settings.production")

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("manage: production does not start like this:\n- TURNERO_SECRET_KEY is not set\n")
    assert "Traceback" not in told.stderr


def test_server_needs_the_files_that_its_pages_name(tmp_path: Path):
    given = {**COMPLETE, "DJANGO_SETTINGS_MODULE": "config.settings.production", "TURNERO_STATE_DIR": str(tmp_path)}
    remedy = "run `python -m config.manage collectstatic --noinput` and start again."

    before = [run_python("-c", f"import config.{name}", **given) for name in ("asgi", "wsgi")]
    collected = run_python("-m", "config.manage", "collectstatic", "--noinput", **given)
    after = [run_python("-c", f"import config.{name}", **given) for name in ("asgi", "wsgi")]
    manifest = tmp_path / "static" / "staticfiles.json"
    kept = json.loads(manifest.read_text())
    del kept["paths"]["css/core.css"]
    manifest.write_text(json.dumps(kept))
    stale = run_python("-c", "import config.asgi", **given)
    kept["paths"] |= {"css/core.css": "css/core.css"}
    del kept["paths"]["css/core.components.css"]
    manifest.write_text(json.dumps(kept))
    unpacked = run_python("-c", "import config.asgi", **given)

    assert [(each.returncode, remedy in each.stderr) for each in before] == [(1, True)] * 2
    assert collected.returncode == 0, collected.stderr
    assert [each.returncode for each in after] == [0, 0], after[0].stderr
    assert f"1 static files of this version are not in {tmp_path}/static (the first is css/core.css)" in stale.stderr
    assert "(the first is css/core.components.css)" in unpacked.stderr
