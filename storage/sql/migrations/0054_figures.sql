-- The panel's history of figures. Expand only.

-- `house`: which installation's. `step`: seconds that the slot lasts, 10 or 60. `at`: when it begins, in Unix seconds. `body`: the
-- mean of each series, as JSON. Slots of 10 seconds are deleted after 6 hours, those of a minute after 48.
CREATE TABLE panel_figures (
    house TEXT NOT NULL,
    step INTEGER NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (house, step, at)
);
