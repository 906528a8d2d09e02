"""Where the business answers: its address below the platform's, and a domain of its own."""
