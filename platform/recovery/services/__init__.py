"""What is done for the platform as a whole: backed up, restored, tried."""
