"""How the backups of the platform stand."""
