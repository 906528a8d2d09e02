"""Credit with the business instead of money: given, spent, taken back."""
