"""Pictures: those that only staff may see, and the places where they are sent."""
