"""Settings, URL tables, servers' entry points: where the rooms are put together."""
