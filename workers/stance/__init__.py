"""Who takes what stance toward whom: frames of predicates, with negation, conditions and shared subjects.

Each rule is small and looks at one way of saying it; holders and targets are resolved by `finder`.
"""
