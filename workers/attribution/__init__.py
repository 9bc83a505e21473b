"""Who is meant by a phrase, and who says what.

Parties are resolved from names, roles and pronouns; attributions join a source to the words it stands for.
"""
