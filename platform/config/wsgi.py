"""WSGI entry point, for servers that cannot speak ASGI (no live events there)."""

from config.environment import set_default

set_default("DJANGO_SETTINGS_MODULE", "config.settings.development")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
