-- A first bill of a whole month shares the price among its own days, not those of a calendar month: what is
-- given back of it, or charged anew, must know.

ALTER TABLE billed_periods ADD COLUMN cycle_until_on date;

ALTER TABLE billed_periods NO FORCE ROW LEVEL SECURITY;
UPDATE billed_periods SET cycle_until_on = cycle_from_on + interval '1 month';
ALTER TABLE billed_periods FORCE ROW LEVEL SECURITY;

ALTER TABLE billed_periods
    ALTER COLUMN cycle_until_on SET NOT NULL,
    ADD CHECK (cycle_until_on > cycle_from_on);
