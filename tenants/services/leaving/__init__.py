"""The end of a business: closed, kept for a while, removed, and proven to be."""
