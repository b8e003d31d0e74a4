"""What a validation study says: plain values in, estimates with intervals and verdicts out. Knows no database and no page."""
