"""Changes of the catalog together with what becomes of the bookings that they touch."""
