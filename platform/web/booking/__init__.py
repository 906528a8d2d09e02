"""The customer's pages: choose, book, and manage by the link in the messages."""
