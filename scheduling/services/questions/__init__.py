"""What is asked beside what the trade asks: answers, read and said."""
