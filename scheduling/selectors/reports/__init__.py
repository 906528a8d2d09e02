"""What reports say of bookings."""
