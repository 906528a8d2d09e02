"""What businesses agree to with the platform."""
