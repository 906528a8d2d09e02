"""The waitlist as customers see it: joining, and answering what was offered."""
