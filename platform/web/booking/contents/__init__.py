"""What a booking is about, changed by its customer."""
