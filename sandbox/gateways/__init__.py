"""The payment gateways of Bangladesh in a box, as ISPs and their clients meet them."""
