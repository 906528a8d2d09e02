"""Throw-away tenants for replays and benchmarks, and what must hold in them."""
