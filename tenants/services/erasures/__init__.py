"""Erasing people for good: in the business itself, and in every copy that is made of an older archive."""
