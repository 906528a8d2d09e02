"""How far a new business is."""
