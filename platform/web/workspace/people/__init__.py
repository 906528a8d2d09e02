"""Who signs in at the business."""
