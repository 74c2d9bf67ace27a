"""Telegram over MTProto: receives updates, makes calls within the rate limits, renders texts and keyboards."""
