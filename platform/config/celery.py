"""The Celery application; tasks register themselves from each room's ``tasks`` module."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from config.environment import require_settings_module
from config.logs import configure
from config.watching import watch_tasks

require_settings_module()

app = Celery("turnero")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
watch_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Log as everywhere else: while somebody listens here, Celery gives no logger a handler of its own."""
    configure(settings.LOGGING)
