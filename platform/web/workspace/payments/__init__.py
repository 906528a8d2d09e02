"""Money of the business: where customers transfer to, and what goes back."""
