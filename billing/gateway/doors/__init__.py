"""The ways to move money."""
