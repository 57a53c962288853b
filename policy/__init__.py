"""Decides: who may use the network, how fast, until when. Pure functions over frozen facts."""
