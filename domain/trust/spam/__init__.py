"""Rules against adverts, floods and programs. Pure: values in, verdicts out. No clock, no store, no text is kept."""
