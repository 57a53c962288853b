-- How far each scheduled job has come. Its occurrences follow from its schedule and the ISP's zone, so one
-- instant says which of them are done; a job's first row is written when the clock first sees it.

CREATE TABLE job_runs (
    tenant_id bigint NOT NULL REFERENCES tenants,
    job text NOT NULL CHECK (job ~ '^[a-z][a-z_]{0,59}$'),
    done_until timestamptz NOT NULL,  -- the last occurrence that is done
    started_at timestamptz,           -- of the last run that succeeded
    finished_at timestamptz,
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),  -- in a row, of the next occurrence
    failed_at timestamptz,
    retry_at timestamptz,
    error short_text,
    PRIMARY KEY (tenant_id, job),
    CHECK (num_nulls(started_at, finished_at) IN (0, 2)),
    CHECK (num_nulls(failed_at, retry_at, error) = CASE failures WHEN 0 THEN 3 ELSE 0 END)
);
ALTER TABLE job_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON job_runs TO skylink_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON job_runs TO skylink_app;

-- Of jobs that serve the whole server, such as its backup: every ISP's staff may see how they are.
CREATE TABLE server_job_runs (LIKE job_runs INCLUDING CONSTRAINTS INCLUDING DEFAULTS);
ALTER TABLE server_job_runs DROP COLUMN tenant_id, ADD PRIMARY KEY (job);
ALTER TABLE server_job_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY everybody ON server_job_runs TO skylink_app USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON server_job_runs TO skylink_app;
