"""The analysis as its users see it: what it finds, what it must not find, and what it does with anything else."""
