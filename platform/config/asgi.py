"""ASGI entry point: pages, API and server-sent events."""

from config.environment import set_default

set_default("DJANGO_SETTINGS_MODULE", "config.settings.development")

from django.core.asgi import get_asgi_application  # noqa: E402

import config.celery  # noqa: E402, F401 - what is enqueued here must find the broker

application = get_asgi_application()
