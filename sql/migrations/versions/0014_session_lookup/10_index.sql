-- The latest session of an id is asked for with each session that is new (intake.recall). With the end
-- in the index its order is there already; else the planner walks back through the whole day.

GRANT CREATE ON SCHEMA public TO skylink_gate;
SET LOCAL ROLE skylink_gate;
DROP INDEX session_history_of_nas;
CREATE INDEX session_history_of_nas ON session_history (tenant_id, nas_id, acct_session_id, ended_at);
SET LOCAL ROLE skylink_owner;
REVOKE CREATE ON SCHEMA public FROM skylink_gate;
