"""Links to people's own visits: asked for, told, ended."""
