"""The booking page on the business's own web site: a script for that site, and frames without cookies."""
