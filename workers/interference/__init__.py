"""Who is reported to interfere where: deeds, doers, targets, how sure it is, who says so and who denies it.

It reports what is said; a denial is a link to an allegation and never evidence of it.
"""
