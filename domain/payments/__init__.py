"""Payments in Telegram Stars: plans, orders, the ledger, VIP by grants. Pure rules, without a clock."""
