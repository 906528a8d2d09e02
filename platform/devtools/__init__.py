"""What ``./dev`` runs: embedded servers, the demo's supervisor, checks, translations, measures."""

from config.zones import use_locked_zones

use_locked_zones()
