"""Tables of privacy in the public schema: what holds for every business alike, and what is there before one is."""
