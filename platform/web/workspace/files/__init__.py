"""What a business sets up as a file: one value describes it; download, template, preview and import come of it."""
