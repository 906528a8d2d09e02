"""What providers post to the platform's own host: verified, kept once, answered at once; the work is done later."""
