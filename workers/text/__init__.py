"""From characters to parsed sentences: folding, splitting, language, trees and names.

What a sentence says about anybody is left to the rooms of attribution, stance and interference.
"""
