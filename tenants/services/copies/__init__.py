"""Copies of one business: out of its schema into an archive, and back as a new business."""
