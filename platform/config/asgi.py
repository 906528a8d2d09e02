"""ASGI entry point: pages, API and server-sent events."""

from config.environment import set_default

set_default("DJANGO_SETTINGS_MODULE", "config.settings.development")

import django  # noqa: E402

django.setup(set_prefix=False)

from edge.handlers import OneThreadHandler  # noqa: E402

application = OneThreadHandler()
