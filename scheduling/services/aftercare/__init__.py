"""What follows a visit, and what customers and the business say to each other about one."""
