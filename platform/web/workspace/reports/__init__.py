"""Reports: what was booked, what it filled, what it brought and what was missed."""
