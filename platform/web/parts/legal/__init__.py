"""The platform's legal texts: what they say, which are in force, and the words beside the box that accepts them."""
