"""Knows whose it is and who may: ISPs, staff and roles, rules of access, numbers people read."""
