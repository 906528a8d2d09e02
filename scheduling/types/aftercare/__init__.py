"""What is said after and beside a visit."""
