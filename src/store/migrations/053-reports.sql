-- What a report said (R9.4): computed once for each period of its calendar, and never changed. Cards and files show this.
create table report (
  tenant_id   text not null,
  report_id   uuid not null,
  kind        text not null check (kind in ('weekly', 'monthly', 'quarterly')),
  period      text not null,                        -- "2026-W47", "2026-11", "2026-Q4"
  content     jsonb not null,
  made_at     timestamptz not null,
  primary key (tenant_id, report_id),
  unique (tenant_id, kind, period)
);

-- Reports ask what happened within a time.
create index audit_log_at on audit_log (tenant_id, at);
create index run_event_at on run_event (tenant_id, at) where type in ('ended', 'held', 'budget-raised', 'step-unknown', 'check-settled', 'rerun');
