-- What somebody has chosen about pictures: how those of partners come to them (open, veiled, none; NULL: not chosen), and whether
-- their own messages can be forwarded and saved. Expand only: workers of the release before neither read nor write these columns.

ALTER TABLE users ADD COLUMN media TEXT;

ALTER TABLE users ADD COLUMN protected BOOLEAN NOT NULL DEFAULT FALSE;
