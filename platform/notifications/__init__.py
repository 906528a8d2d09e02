"""The outbox, messages with their templates and channels, and live events."""
