"""Speaks to FreeRADIUS: its hooks, its attributes, and the facts in memory they decide from."""
