"""What all services ask in advance, and what goes back of it."""
