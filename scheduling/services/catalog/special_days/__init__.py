"""What departs from the week: dates that are replaced, time off, holidays."""
