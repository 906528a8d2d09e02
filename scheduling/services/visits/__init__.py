"""What people reach by a link alone: their own visits, and somebody whom the booking page does not list."""
