"""Files that people send: checked, made anew, stored, and shown to whom they may be shown."""
