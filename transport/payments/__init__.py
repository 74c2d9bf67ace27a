"""Stars at Telegram: invoices, answers to pre-checkout queries, refunds, the list of transactions."""
