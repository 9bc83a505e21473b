"""Who takes what stance toward whom: frames of predicates, with negation, conditions and shared subjects."""
