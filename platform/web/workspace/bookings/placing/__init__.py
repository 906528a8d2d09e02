"""What a move asks for, what keeps it from there, and whether its customer is told."""
