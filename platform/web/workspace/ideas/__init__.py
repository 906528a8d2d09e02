"""What is missing? Whoever works here tells the platform."""
