"""What is done about requests of persons."""
