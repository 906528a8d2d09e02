"""The one HTTP client to the outside: time limits, a cap on answers, and no way to our own network."""
