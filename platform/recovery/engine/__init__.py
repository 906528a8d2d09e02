"""What backups consist of and which of them are needed: reckoning, without PostgreSQL and without a store."""
