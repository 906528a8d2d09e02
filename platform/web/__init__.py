"""HTML pages: the platform's site, booking pages, widget, workspace."""
