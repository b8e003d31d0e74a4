"""The validation report: facts in, a sealed workbook out, and its check."""
