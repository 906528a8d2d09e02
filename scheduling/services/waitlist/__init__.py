"""The waitlist: who waits for a free time, and how one becomes theirs."""
