"""What the pages of several rooms need."""
