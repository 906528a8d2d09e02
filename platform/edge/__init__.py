"""What answers over HTTP and is shared by API, pages and console."""
