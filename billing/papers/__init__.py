"""Bills and receipts on paper: PDF in both languages."""
