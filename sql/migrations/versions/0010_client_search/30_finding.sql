-- Who is meant by some words. A function of the gate's, because under row-level security the
-- application's own query cannot use an index of trigrams: its operators are not leakproof, so they
-- would be asked of each row of the ISP, one by one. The ISP is the one of the transaction's scope.
--
-- The higher the rank the better: 4000 is a client number, a phone or a username as it stands; 3000
-- the beginning of a username, 2500 a part of one or of a phone; below, how alike a name is, in
-- thousandths. A client may come more than once.

GRANT USAGE ON SCHEMA trigrams TO skylink_gate;
SET LOCAL ROLE skylink_gate;
CREATE FUNCTION clients_meant(in_words text) RETURNS TABLE (client_id bigint, client_number bigint, rank integer)
    LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    here constant bigint := public.current_tenant();
    spelt constant text := public.name_spelling(in_words);
    heard constant text[] := public.name_sounds(spelt);
    plain constant text := lower(btrim(in_words));
    inside constant text := replace(replace(replace(plain, '\', '\\'), '%', '\%'), '_', '\_');
    -- Of a phone number in any form, what all forms end with.
    digits text := CASE WHEN in_words ~ '^[#+()০-৯0-9 .-]+$' THEN replace(spelt, ' ', '') ELSE '' END;
BEGIN
    IF length(digits) BETWEEN 1 AND 18 THEN
        RETURN QUERY SELECT k.client_id, k.client_number, 4000 FROM public.client_keys AS k
                      WHERE k.tenant_id = here AND k.client_number = digits::bigint;
    END IF;
    IF length(digits) >= 4 THEN
        digits := right(ltrim(digits, '0'), 10);
        RETURN QUERY SELECT k.client_id, k.client_number,
                            CASE WHEN length(digits) = 10 AND k.phone LIKE '%' || digits THEN 4000 ELSE 2500 END
                       FROM public.client_keys AS k
                      WHERE k.tenant_id = here
                        AND k.phone OPERATOR(pg_catalog.~~) ('%' || digits || '%');
    END IF;
    RETURN QUERY SELECT k.client_id, k.client_number,
                        CASE WHEN lower(line.username) = plain THEN 4000
                             WHEN starts_with(lower(line.username), plain) THEN 3000 ELSE 2500 END
                   FROM public.connections AS line
                   JOIN public.client_keys AS k
                     ON k.tenant_id = line.tenant_id AND k.client_id = line.client_id
                  WHERE line.tenant_id = here
                    AND lower(line.username) LIKE CASE WHEN length(plain) > 2 THEN '%' ELSE '' END || inside || '%';
    IF cardinality(heard) = 0 OR digits <> '' THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT k.client_id, k.client_number,
                        CASE WHEN k.spelling || ' ' LIKE '%' || spelt || ' %' THEN 1200
                             WHEN k.spelling LIKE '%' || spelt || '%' THEN 1100 ELSE 1000 END
                   FROM public.client_keys AS k
                  WHERE k.tenant_id = here
                    AND (k.sounds @> heard OR k.spelling LIKE '%' || spelt || '%');
    IF NOT FOUND THEN
        RETURN QUERY SELECT k.client_id, k.client_number,
                            (999 * trigrams.strict_word_similarity(spelt, k.spelling))::integer
                       FROM public.client_keys AS k
                      WHERE k.tenant_id = here AND spelt OPERATOR(trigrams.<<%) k.spelling;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION clients_meant(text) TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;
