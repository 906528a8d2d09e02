"""What people ask about their data, as staff and programs list, write down, decide and carry it out."""
