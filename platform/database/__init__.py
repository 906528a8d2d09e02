"""PostgreSQL as every room uses it: the backend, statements, transactions, locks."""
