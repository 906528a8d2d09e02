"""Pictures of the product for its own page: taken from a running demo, never drawn."""
