"""Draws QR codes."""

from __future__ import annotations

from io import BytesIO

import segno

SCALE, BORDER = 12, 4
"""Pixels of one module, and modules of the quiet zone: phones scale photos, and cameras need both."""


def png(text: str) -> bytes:
    """Error correction M: up to 15% of it may be unreadable."""
    drawn = BytesIO()
    segno.make_qr(text, error="m").save(drawn, kind="png", scale=SCALE, border=BORDER)
    return drawn.getvalue()
