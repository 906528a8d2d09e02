"""``./dev check`` and ``./dev fmt``: every static check, and those that only a checkout with git can pass."""
