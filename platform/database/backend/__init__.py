"""The database backend: django-tenants' over Django's psycopg pool."""
