"""What the use cases of a booking share: finding its place, counting it, writing it down."""
