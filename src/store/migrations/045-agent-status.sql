-- What people said of an agent while it runs counts for more than what its record says: it holds for every version.
alter table agent_pointer
  add column status text check (status in ('draft', 'active', 'degraded', 'suspended', 'deprecated')),
  add column status_since timestamptz;
