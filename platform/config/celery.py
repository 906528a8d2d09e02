"""The Celery application; tasks register themselves from each room's ``tasks`` module."""

from celery import Celery

from config.environment import set_default

set_default("DJANGO_SETTINGS_MODULE", "config.settings.development")

app = Celery("turnero")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
