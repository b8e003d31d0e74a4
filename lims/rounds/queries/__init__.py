"""Reading rounds, narrowed in one place (``visible``) to what the viewer may see."""
