"""Reaches devices: the NAS devices that RADIUS answers."""
