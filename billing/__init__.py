"""Money: what a booking costs in advance."""
