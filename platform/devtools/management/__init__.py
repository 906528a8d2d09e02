"""What `manage` offers besides Django's own."""
