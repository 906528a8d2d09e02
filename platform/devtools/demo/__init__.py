"""``./dev demo``: what it runs and the sample businesses that it shows."""
