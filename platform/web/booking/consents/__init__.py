"""What customers agreed to, on a page of their own."""
