ALTER TABLE staff ADD COLUMN phone text CHECK (phone ~ '^\+[0-9]{6,15}$');
