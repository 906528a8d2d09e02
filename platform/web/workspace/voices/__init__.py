"""What customers say: opinions, messages that wait for an answer, wishes about their data."""
