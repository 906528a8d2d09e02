"""``manage``: Django's command line with our settings."""

import sys

from config.environment import set_default


def main() -> None:
    """Run a management command."""
    set_default("DJANGO_SETTINGS_MODULE", "config.settings.development")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
