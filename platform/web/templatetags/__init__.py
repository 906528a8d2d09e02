"""Template tags that every template has (``builtins`` in the settings)."""
