"""A person's own visits, by the token that went to their contact."""
