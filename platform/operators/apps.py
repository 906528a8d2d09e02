"""App configuration of the operator's console."""

from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    """Pages for us who run the platform; no tables yet."""

    name = "operators"
    label = "operators"
