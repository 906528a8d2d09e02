"""The messages that the platform itself sends: an app of its own, because its table lies in the public schema."""
