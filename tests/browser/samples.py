"""Small true files, made here: a picture that a browser draws, a sound that it plays."""

from __future__ import annotations

import io
import math
import struct
import wave
import zlib

from playwright.async_api import FilePayload

RATE = 8000


def png(width: int, height: int, colour: tuple[int, int, int] = (160, 60, 130)) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def wav(seconds: float) -> bytes:
    """One tone that swells and fades."""
    count = int(seconds * RATE)
    samples = (12_000 * math.sin(at / 4) * math.sin(math.pi * at / count) for at in range(count))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(b"".join(struct.pack("<h", int(sample)) for sample in samples))
    return file.getvalue()


def photo(name: str = "photo.png", *, width: int = 64, height: int = 48, shade: int = 130) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": png(width, height, (160, 60, shade))}


def sound(name: str = "sound.wav", seconds: float = 2) -> FilePayload:
    return {"name": name, "mimeType": "audio/wav", "buffer": wav(seconds)}


def text_file(name: str = "notes.txt", content: bytes = b"Nothing in particular.\n") -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": content}
