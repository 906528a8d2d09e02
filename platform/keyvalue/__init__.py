"""Redis as every room uses it: a client that may be down, the cache, counts, channels."""
