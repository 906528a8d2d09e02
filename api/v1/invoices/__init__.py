"""Invoices that customers want, as staff and programs read them and answer."""
