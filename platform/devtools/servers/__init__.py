"""The embedded PostgreSQL and Redis, and who keeps them running."""
