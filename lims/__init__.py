"""The laboratory information management system for cooperative test comparison."""
