"""App configuration of audit's public tables."""

from django.apps import AppConfig


class PublicAuditConfig(AppConfig):
    """Tables of audit in the public schema; its first model brings ``models.py`` and ``migrations``."""

    name = "audit.public"
    label = "audit_public"
