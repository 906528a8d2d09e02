"""Values without a framework: errors, money, clock, identifiers, marked texts."""
