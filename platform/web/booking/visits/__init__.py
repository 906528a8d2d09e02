"""A person's own visits, behind the link that went to their contact."""
