"""What staff and programs do to customers, and to what their visits are about."""
