"""Records of payments in the database (domain/ports/payments.py)."""
