"""The privacy notice of a business, for whoever books there."""
