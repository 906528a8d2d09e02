"""What a business offers, where and by whom."""
