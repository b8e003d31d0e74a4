"""The rules of storage and of portions, pure."""
