"""Who calls: found by phone, name or plate while a booking is made, with what they had last."""
