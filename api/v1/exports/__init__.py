"""Copies of all data, as the owner's programs ask for them; the file itself reaches only an owner who signs in."""
