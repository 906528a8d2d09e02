"""What is done with a visit beside its steps: pauses, delays, notes and photos of the team."""
