"""Telegram over MTProto: updates in, calls out, pacing, keyboards, texts."""
