"""Who somebody is and what they own: one way each to read, compare and show names, numbers, plates."""
