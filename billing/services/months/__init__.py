"""The figures of a month that is over, as owners and managers get them by e-mail."""
