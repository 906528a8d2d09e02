"""What the owner agreed to with the platform, and is asked to agree to when it changes."""
