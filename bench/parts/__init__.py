"""What the bench commands and the tests share: passages, scoring, yardsticks and texts made for measuring."""
