"""App configuration of audit's public tables."""

from django.apps import AppConfig


class PublicAuditConfig(AppConfig):
    """Tables of audit in the public schema."""

    name = "audit.public"
    label = "audit_public"
