"""Measures: each bench compares with rivals on the same machine and says what fell short."""
