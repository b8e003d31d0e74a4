"""What messages of instruments have in common, whatever their standard: delimiters and escapes, texts of results, corrections, persons."""
