"""The client's door: a small web portal, which pays and is back online."""
