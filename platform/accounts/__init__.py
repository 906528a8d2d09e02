"""People who sign in: staff in each tenant's schema, operators in the public one."""
