"""What is free: plans, what is taken, offers and their reasons."""
