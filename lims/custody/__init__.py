"""Boxes of samples between laboratories: manifest, transport gates, hand-over with two signatures, differences."""
