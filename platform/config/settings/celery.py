"""Celery carries and wakes; PostgreSQL remembers (the outbox), so a lost Redis loses nothing."""

from __future__ import annotations

from celery.schedules import crontab

from config.environment import read_environment
from config.settings.database import REDIS_URL


def make_broker_url(redis_url: str) -> str:
    """Translate a redis-py address to kombu's: ``unix://path?db=0`` is ``redis+socket://path?virtual_host=0``.

    Over TLS kombu takes any certificate unless it is told otherwise; redis-py, for the same address, does not.
    """
    if redis_url.startswith("unix://"):
        path, _, query = redis_url.removeprefix("unix://").partition("?")
        return f"redis+socket://{path}?virtual_host={query.removeprefix('db=') or '0'}"
    if redis_url.startswith("rediss://") and "ssl_cert_reqs=" not in redis_url:
        return f"{redis_url}{'&' if '?' in redis_url else '?'}ssl_cert_reqs=required"
    return redis_url


CELERY_BROKER_URL = make_broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = 2
# So many processes talk to one carrier at a time, at most: one is always left for everything else.
LANE_PLACES = max(1, read_environment().worker_processes - 1)
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "retry_on_timeout": False,
    # Kombu's own retries while it connects, which CELERY_TASK_PUBLISH_RETRY does not reach: 6 s by default.
    "connect_retries_timeout": 0.2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "visibility_timeout": 3600,
}
# Only beat publishes through Celery (all else: `keyvalue.tasks`), and it comes again in two seconds.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(read_environment().state_dir / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-due-work": {"task": "tenants.sweep_due_work", "schedule": 2.0, "options": {"expires": 10}},
    "refill-spare-schemas": {"task": "tenants.refill_spare_schemas", "schedule": 30.0, "options": {"expires": 60}},
    # At three in the morning where most of our visitors are.
    "renew-example": {"task": "samples.renew_example", "schedule": crontab(hour=9, minute=0)},
    # An hour before, when the nights of the same visitors begin to be quiet.
    "forget-accounts": {"task": "accounts.forget", "schedule": crontab(hour=8, minute=0)},
    # One row of due work for each business, which workers do one after the other.
    "back-up-businesses": {"task": "tenants.plan_backups", "schedule": crontab(hour=8, minute=40)},
    # Before the archives of businesses, and again each hour until there is one of this night.
    "back-up-platform": {"task": "recovery.back_up", "schedule": crontab(hour="7-11", minute=20)},
    "keep-log": {"task": "recovery.keep_log", "schedule": 60.0, "options": {"expires": 60}},
    "keep-files": {"task": "recovery.keep_files", "schedule": crontab(minute=50)},
    # Every hour: whoever is told a date finds nothing any more on the day after it.
    "remove-businesses": {"task": "tenants.plan_removals", "schedule": crontab(minute=15)},
    "remove-old-archives": {"task": "tenants.remove_leftovers", "schedule": crontab(hour=9, minute=40)},
    "store-tombstones": {"task": "tenants.store_tombstones", "schedule": crontab(hour=8, minute=30)},
    "compare-ledgers": {"task": "billing.plan_comparisons", "schedule": crontab(hour=8, minute=10)},
    "sweep-kept": {"task": "privacy.plan_sweeps", "schedule": crontab(hour=9, minute=10)},
    # Every hour: somewhere the first morning of a month begins.
    "tell-months": {"task": "billing.plan_months", "schedule": crontab(minute=5)},
    "forget-bulk-acts": {"task": "scheduling.forget_bulk_acts", "schedule": crontab(hour=8, minute=50)},
    "sweep-files": {"task": "files.sweep", "schedule": crontab(hour=8, minute=20)},
    "forget-counts": {"task": "tenants.forget_counts", "schedule": 600.0, "options": {"expires": 600}},
}
