"""The product with addresses, tasks and a command that fail, its reports as in production or with everything open."""

import os

import sentry_sdk
from sentry_sdk.scrubber import EventScrubber

from config.reporting import start_reporting
from config.settings import test

globals().update({name: value for name, value in vars(test).items() if name.isupper()})

ROOT_URLCONF = "tests.fakes.failing.urls"
INSTALLED_APPS = [*test.INSTALLED_APPS, "tests.fakes.failing"]
MIDDLEWARE = [*test.MIDDLEWARE, "tests.fakes.failing.ways.FailingMiddleware"]
test.LOGGING["handlers"]["console"]["formatter"] = os.environ.get("FAILING_LOOK", "json")
CELERY_BEAT_SCHEDULE = {}

if test.SENTRY_DSN and os.environ["FAILING_REPORTS"] == "ours":
    start_reporting(dsn=test.SENTRY_DSN, release=test.RELEASE)
elif test.SENTRY_DSN:
    sentry_sdk.init(
        dsn=test.SENTRY_DSN,
        send_default_pii=True,
        max_request_body_size="always",
        include_local_variables=True,
        traces_sample_rate=1.0,
        event_scrubber=EventScrubber(denylist=[], pii_denylist=[]),
        enable_logs=True,
        keep_alive=False,
    )
