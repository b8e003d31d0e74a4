"""Where samples and their portions lie: room, freezer, rack, box, position; every move by scan, and its history."""
