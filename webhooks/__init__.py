"""The doors at which gateways and other machines knock: parse, call one service, answer."""
