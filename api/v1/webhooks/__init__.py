"""Where webhooks go, and what became of each, as programs set it up and read it."""
