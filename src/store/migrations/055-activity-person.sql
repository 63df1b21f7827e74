-- Who an activity came from: a repeat of it that claims to be somebody else is a forgery.
alter table activity_seen add column person_id text;
