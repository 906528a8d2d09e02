"""The whole platform: base backups, the archive of the write-ahead log, and any point in time of both."""
