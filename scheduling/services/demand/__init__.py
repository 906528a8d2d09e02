"""What was asked for and could not be had."""
