"""What a booking is about, changed by staff."""
