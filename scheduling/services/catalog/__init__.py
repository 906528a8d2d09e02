"""Setting a business up: places, resources, services, hours, rules."""
