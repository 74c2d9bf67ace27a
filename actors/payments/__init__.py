"""Payments in Stars: pre-checkout, booking, orders, refunds, and the comparison with Telegram's own list."""
