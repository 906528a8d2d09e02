"""What is read of requests of persons."""
