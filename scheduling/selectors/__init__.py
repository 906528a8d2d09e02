"""Reading: frozen values, each in a fixed number of queries."""
