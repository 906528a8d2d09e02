"""What is set on paper: how, with which fonts, and the receipts of customers."""
