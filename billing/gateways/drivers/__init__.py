"""How each gateway is spoken to: what opens its page, and what asks it."""
