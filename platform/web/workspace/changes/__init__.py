"""What a change touches: the page, or the dialog, on which somebody decides about bookings that no longer fit."""
