"""The business and what can be booked there."""
