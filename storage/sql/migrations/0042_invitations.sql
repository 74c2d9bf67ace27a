-- Codes of invitations, and who came by whom. Expand only. Times are Unix seconds.

-- One code a person. A new one takes the place of the old one. The bot: where they asked for it last.
CREATE TABLE invite_codes (
    user_id BIGINT NOT NULL PRIMARY KEY,
    bot_id BIGINT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    made_at DOUBLE PRECISION NOT NULL
);

-- One row for each person who came by an invitation, so that the first inviter is the only one. `state`: opened, rewarded, capped,
-- held, rejected or void. In the place of somebody who had their data deleted stands a number below zero. Rows that were only
-- opened are kept for 30 days, all others for ever: nobody is to be counted twice.
CREATE TABLE referrals (
    number BIGINT NOT NULL PRIMARY KEY,
    invited_id BIGINT NOT NULL UNIQUE,
    inviter_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    opened_at DOUBLE PRECISION NOT NULL,
    counted_at DOUBLE PRECISION,
    decided_at DOUBLE PRECISION,
    decided_by TEXT NOT NULL
);

CREATE INDEX referrals_inviter ON referrals (inviter_id, counted_at);
CREATE INDEX referrals_held ON referrals (number) WHERE state = 'held';
CREATE INDEX referrals_opened ON referrals (opened_at) WHERE state = 'opened';
