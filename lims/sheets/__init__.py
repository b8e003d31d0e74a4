"""Reading sheets: what stands in a workbook that somebody hands in."""
