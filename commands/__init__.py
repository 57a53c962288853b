"""The command line: one file a command. A door: it parses, calls, prints."""
