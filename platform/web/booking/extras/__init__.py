"""What a visit can have beyond one service at one time."""
