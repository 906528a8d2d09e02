"""The business's own pages: the day's board, bookings and their transitions."""
