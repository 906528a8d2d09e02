"""When and where a business works: its places, the week on one grid, and the days that depart from it."""
