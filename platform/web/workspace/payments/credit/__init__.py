"""Pages about credit of customers."""
