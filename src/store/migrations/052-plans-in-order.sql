-- The order of a plan's parts counts: what is asked for first, which column uses which. jsonb sorts keys, json keeps them. What
-- was stored keeps the order that it has; a plan that is registered anew keeps its own.
alter table agent_version alter column plans type json using plans::json;
