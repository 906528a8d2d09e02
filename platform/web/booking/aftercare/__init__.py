"""The customer's pages after and beside a visit: how it was, messages, own data."""
