"""ASGI entry point: pages, API and server-sent events."""

from config.environment import require_settings_module

require_settings_module()

import django  # noqa: E402

django.setup(set_prefix=False)

from config.built_files import require_built_files  # noqa: E402
from edge.handlers import OneThreadHandler  # noqa: E402

require_built_files()
application = OneThreadHandler()
