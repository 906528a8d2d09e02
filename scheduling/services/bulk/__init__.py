"""One decision about many bookings: somebody is away, a day is closed, a group moves, everyone is written to."""
