"""What happens to one article: it is read, analysed, and its signals are published.

The analysis rooms (text, attribution, stance, interference, pipeline) are pure; only `jobs` and `process`
meet the world.
"""
