"""Does what is due, at its time on each ISP's own clock; what was missed, afterwards in order."""
