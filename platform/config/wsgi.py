"""WSGI entry point, for servers that cannot speak ASGI (no live events there)."""

from config.environment import require_settings_module

require_settings_module()

from django.core.wsgi import get_wsgi_application  # noqa: E402

from config.built_files import require_built_files  # noqa: E402

application = get_wsgi_application()
require_built_files()
