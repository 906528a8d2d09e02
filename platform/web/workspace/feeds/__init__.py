"""Calendar links: what somebody or something is booked for, in a calendar program."""
