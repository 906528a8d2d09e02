"""One booking: its panel, steps, moves, making one, finding one."""
