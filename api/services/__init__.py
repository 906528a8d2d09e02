"""Writing on behalf of the REST interface."""
