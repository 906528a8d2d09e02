"""Blocked data: sealed away from everything else, read by few, destroyed when its time is over."""
