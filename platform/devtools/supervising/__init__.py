"""Running several programs in the foreground as one."""
