"""What a booking is about: its services, extras and party, changed after it was made."""
