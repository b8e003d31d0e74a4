"""The demonstration: two organisations, six laboratories, their samples and rounds, all neutral and all made by services."""

from lims.demo.loading import Loaded, load_demonstration

__all__ = ["Loaded", "load_demonstration"]
