"""What goes on with a visit beside its steps, as pages and forms: delays, notes and photos of the team."""
