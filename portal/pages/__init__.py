"""The pages of the portal: an area a module."""
