"""Parsers of instrument files. They import the standard library, file readers and each other; never lims."""
