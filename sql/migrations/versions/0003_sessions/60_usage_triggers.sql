DO $$
DECLARE
    event text;
BEGIN
    FOREACH event IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER mark_%1$s AFTER %1$s ON public.connection_usage REFERENCING %2$s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_usage()', event,
            CASE event WHEN 'insert' THEN 'NEW TABLE AS new_rows' WHEN 'delete' THEN 'OLD TABLE AS old_rows'
                ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END);
        -- The figures of use that nodes hold were right for the package's former steps.
        EXECUTE format('CREATE TRIGGER mark_use_%1$s AFTER %1$s ON public.package_fair_use_steps REFERENCING %2$s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION radius.mark_dependants(''connection'', ''connections'','
            ' ''package_id'', ''package_id'', ''tenant_id, package_id, above_bytes'', ''true'')', event,
            CASE event WHEN 'insert' THEN 'NEW TABLE AS new_rows' WHEN 'delete' THEN 'OLD TABLE AS old_rows'
                ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END);
    END LOOP;
END $$;
CREATE TRIGGER mark_use_update AFTER UPDATE ON packages
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION radius.mark_dependants('connection', 'connections', 'package_id', 'id',
        'tenant_id, id, data_limit_bytes', 'true');
