"""What people may ask of a business about their data, and how it is answered; what it keeps, and for how long."""
