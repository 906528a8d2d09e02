"""Reading what is said after and beside visits."""
