"""The REST interface of a tenant."""
