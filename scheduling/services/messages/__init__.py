"""What customers and staff are told about a booking."""
