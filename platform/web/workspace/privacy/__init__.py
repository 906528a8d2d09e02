"""What people ask about their data, and how the business answers."""
