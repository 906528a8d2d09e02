"""What a new business does once: publish its page."""
