"""Telegram Stars in the sandbox: invoices, payments, subscriptions, refunds and the lists of transactions."""
