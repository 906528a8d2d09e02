"""Hosts at which tenants answer."""

from django_tenants.models import DomainMixin


class Domain(DomainMixin):
    """A host (without port, lower case) that leads to one tenant: its subdomain or its own domain."""
