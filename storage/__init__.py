"""Keeps: sessions and their tenant scope, secrets at rest, audit rows."""
