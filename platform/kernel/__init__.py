"""Values without a framework: errors, money, clock, identifiers, texts, formats, colors."""
