"""What billing does for the rooms below."""
