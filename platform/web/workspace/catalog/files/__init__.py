"""The catalog as a file: download, template, preview and import."""
