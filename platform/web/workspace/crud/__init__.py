"""One value describes a page of the catalog: list, create, change, archive, restore and history come of it."""
