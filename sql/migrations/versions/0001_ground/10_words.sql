-- Words of the schema: what a column of each kind may hold, said once.

CREATE DOMAIN short_text AS text  -- a name or a line that people read
    CHECK (length(VALUE) <= 200 AND VALUE ~ '\S' AND VALUE !~ '[\u0001-\u001f\u007f-\u009f]');
CREATE DOMAIN radius_text AS text  -- goes into one RADIUS attribute (RFC 2865, 5: at most 253 bytes)
    CHECK (octet_length(VALUE) BETWEEN 1 AND 253 AND VALUE !~ '[\u0001-\u001f\u007f-\u009f]');
CREATE DOMAIN kbps AS integer CHECK (VALUE BETWEEN 1 AND 100000000);  -- up to 100 Gbit/s
CREATE DOMAIN session_limit AS integer CHECK (VALUE BETWEEN 1 AND 1000000);
CREATE DOMAIN interim_seconds AS integer CHECK (VALUE BETWEEN 60 AND 86400);  -- RFC 2869, 5.16: 60 or more
CREATE DOMAIN minute_of_day AS smallint CHECK (VALUE BETWEEN 0 AND 1439);  -- midnight is 0, also as an end
CREATE DOMAIN weekdays AS smallint[]  -- ISO days, Monday 1 .. Sunday 7
    CHECK (VALUE <@ ARRAY[1, 2, 3, 4, 5, 6, 7]::smallint[] AND cardinality(VALUE) <= 7);
CREATE DOMAIN currency_code AS text CHECK (VALUE ~ '^[A-Z]{3}$');
CREATE DOMAIN mac_address AS text CHECK (VALUE ~ '^[0-9A-F]{12}$');

-- The tenant scope of a transaction: SET LOCAL skylink.tenant_id. Unset, nothing is anybody's.
CREATE FUNCTION current_tenant() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('skylink.tenant_id', true), '')::bigint;
