"""Payment gateways: attempts to pay, one settlement for all, and a small driver for each."""
