-- A fleet of thousands is listed at once: what a line of the list needs is kept beside the record, which is large and compressed.
alter table agent_version
  add column display_name text generated always as (record ->> 'display_name') stored,
  add column cluster_id text generated always as (record ->> 'cluster_id') stored,
  add column record_status text generated always as (record ->> 'status') stored,
  add column capability_mode text generated always as (record ->> 'capability_mode') stored,
  add column owner_upn text generated always as (record ->> 'owner_upn') stored,
  add column service_principal_id text generated always as (record ->> 'service_principal_id') stored,
  add column last_review_at text generated always as (record ->> 'last_review_at') stored,
  add column review_cadence_days text generated always as (record ->> 'review_cadence_days') stored,
  add column deprecation_date text generated always as (record ->> 'deprecation_date') stored;
