-- By it is found who was blocked or reported under a number that stands in the place of a deleted person. Expand only.
CREATE INDEX blocks_other ON blocks (other_id);
