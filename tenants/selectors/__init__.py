"""Reading tenants."""
