"""A MikroTik router as RADIUS meets it: logins, accounting, and CoA and Disconnect from outside."""
