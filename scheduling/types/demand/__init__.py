"""What people would like to have, and wait for."""
