"""The rules of samples, pure: states and moves, numbers and their check character, fields per kind, personal data."""
