"""``manage``: Django's command line with our settings."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from config.environment import NotConfiguredError, require_settings_module


def main() -> None:
    """Run a management command; what is not configured is said in words."""
    try:
        require_settings_module()
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, NotConfiguredError) as error:
        sys.exit(f"manage: {error}")


if __name__ == "__main__":
    main()
