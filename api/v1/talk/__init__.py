"""What customers say, as staff and programs read and answer it: opinions, and messages about bookings."""
