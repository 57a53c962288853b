"""Remembers money and what it buys: packages, profiles, clients, connections, invoices."""
