"""Calendar feeds: links that calendar programs subscribe to, one per person or thing, and the files they lead to."""
