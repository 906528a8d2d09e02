"""Keys with which programs of the business call the API."""
