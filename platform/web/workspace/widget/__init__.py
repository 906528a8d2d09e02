"""The page that makes the code of the widget, names the sites that may show it, and says why it does not show."""
