-- What undoes an event of the ledger is found by that event. Expand only.
CREATE INDEX ledger_events_reverses ON ledger_events (reverses) WHERE reverses <> '';
