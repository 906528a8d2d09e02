"""People, bays, chairs, rooms and tools: who and what is booked."""
