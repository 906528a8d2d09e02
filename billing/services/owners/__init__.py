"""What owners do, and are told, about where the money of the business goes."""
