"""Invoices that customers want: their wish, what the business makes of it, and who hears of it."""
