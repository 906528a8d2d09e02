"""Heavy proofs of what must always hold; a small fixed part of each runs with the tests."""
