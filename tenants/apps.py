"""App configuration of tenants."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Tenants, domains, spare schemas and due work; all of it in the public schema."""

    name = "tenants"
    label = "tenants"
