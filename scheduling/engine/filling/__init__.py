"""Who can fill the places of a visit, together."""
