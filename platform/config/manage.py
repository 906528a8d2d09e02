"""``manage``: Django's command line with our settings."""

import sys

from config.environment import set_default


def main() -> None:
    """Run a management command."""
    set_default("DJANGO_SETTINGS_MODULE", "config.settings.development")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    import config.celery  # noqa: F401, PLC0415 - what a command enqueues must find the broker

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
