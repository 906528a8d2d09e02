"""App configuration of the REST interface."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """REST; no tables of its own in the public schema."""

    name = "api"
    label = "api"
