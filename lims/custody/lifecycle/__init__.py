"""The rules of boxes, pure: what may be sent, what may be counted, and where custody has a gap."""
