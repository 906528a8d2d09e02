"""Django's description of the development tools: they bring management commands, no tables."""

from __future__ import annotations

from django.apps import AppConfig


class DevtoolsConfig(AppConfig):
    """Makes ``seed_demo`` known to ``manage``."""

    name = "devtools"
    label = "devtools"
