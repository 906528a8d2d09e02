"""App configuration of the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages; no tables."""

    name = "web"
    label = "web"
