"""The life of a booking, one use case a function: hold, submit, move, cancel, repeat, import."""
