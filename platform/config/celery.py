"""The Celery application; tasks register themselves from each room's ``tasks`` module."""

from celery import Celery

from config.environment import require_settings_module

require_settings_module()

app = Celery("turnero")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
