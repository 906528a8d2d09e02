"""App configuration of audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """History wiring; each room keeps the history tables of its own models."""

    name = "audit"
    label = "audit"
