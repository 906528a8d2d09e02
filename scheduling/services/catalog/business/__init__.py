"""What the owner sets up about the business itself."""
