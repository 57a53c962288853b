"""Commands as people type them, in Bangla, Banglish and English: tables, no model."""
