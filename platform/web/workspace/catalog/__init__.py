"""What is sold: services, what they take, and extras."""
