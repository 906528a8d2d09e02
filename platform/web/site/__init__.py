"""The platform's own pages: what Turnero is, and sign-up."""
