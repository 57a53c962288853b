"""Tells people: what is due to be said, queued once in the outbox."""
