-- Who is at the other end is asked before everything that staff do: by one question.
GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
DROP FUNCTION linked_isps(bigint);
CREATE FUNCTION linked_isps(account bigint)
    RETURNS TABLE (tenant_id bigint, slug text, name text, staff_id bigint, language text,
                   bangla_digits boolean, lakhs boolean, time_zone text, currency text,
                   verified_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT link.tenant_id, isp.slug, isp.name::text, link.staff_id,
               coalesce(link.language, isp.language), link.bangla_digits, link.lakhs,
               isp.time_zone, isp.currency::text, link.verified_at
          FROM public.staff_links AS link
          JOIN public.staff AS member ON member.tenant_id = link.tenant_id AND member.id = link.staff_id
          JOIN public.tenants AS isp ON isp.tenant_id = link.tenant_id
         WHERE link.account_id = linked_isps.account AND member.active
         ORDER BY link.chosen_at DESC NULLS LAST, link.tenant_id;
    END;
GRANT EXECUTE ON FUNCTION linked_isps(bigint) TO skylink_app;
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;
