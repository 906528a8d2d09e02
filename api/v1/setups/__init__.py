"""What the business set up: places, kinds of resources, resources, services, extras and limits."""
