"""WSGI entry point, for servers that cannot speak ASGI (no live events there)."""

from config.environment import set_default

set_default("DJANGO_SETTINGS_MODULE", "config.settings.development")

from django.core.wsgi import get_wsgi_application  # noqa: E402

import config.celery  # noqa: E402, F401 - what is enqueued here must find the broker

application = get_wsgi_application()
