"""What ``./dev`` runs: embedded servers, the demo's supervisor, checks, translations, measures."""
