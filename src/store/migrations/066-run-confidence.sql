-- How sure the router was of the agent that proposes: part of the evidence of every action of a run.
alter table run add column confidence double precision check (confidence between 0 and 1);
