"""The screens, a module an area: what is read, then shown, and what its buttons do."""
