"""Tables of privacy in the public schema."""
