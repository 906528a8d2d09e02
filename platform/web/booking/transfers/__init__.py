"""What customers see and do about the money of a booking."""
