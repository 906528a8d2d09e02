"""Several things of the catalog at once, by people: prices, copies, files."""
