"""What is told about the platform while it runs: figures for Prometheus, and the id that related log lines share."""
