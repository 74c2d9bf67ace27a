-- Why two people never meet: a block, which its owner may lift, or a report. Expand only: the release before writes blocks only,
-- and takes what reports parted for blocks, which keeps them apart as well.
ALTER TABLE blocks ADD COLUMN why TEXT NOT NULL DEFAULT 'block';
