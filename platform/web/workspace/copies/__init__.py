"""The business's data as a whole: copies of it that write to nobody yet."""
