-- How far scores can be relied on is asked of all turns of a period, whoever took them.
create index turn_created on turn (tenant_id, created_at);
