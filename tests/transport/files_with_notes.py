"""Files with notes in them, made byte by byte: small, but whole. `SECRET` stands wherever cameras and programs write."""

from __future__ import annotations

import struct
import zlib

SECRET = b"48.8584N 2.2945E Ivan's Camera"
TIFF = (
    b"MM\0*" + struct.pack(">IHHHIHHHHII", 8, 2, 0x0112, 3, 1, 6, 0, 0x010F, 2, len(SECRET), 38) + struct.pack(">I", 0) + SECRET
)
"""Orientation 6, and the maker of the camera."""
SCAN = b"\x12\xff\x00\x34\xff\xd0\x56"


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


ICC, ADOBE = segment(0xE2, b"ICC_PROFILE\0\1\1profile"), segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
DRAWN = (
    segment(0xDB, bytes(65)) + segment(0xC2, b"\x08\0\1\0\1\1\1\x11\0") + segment(0xC4, bytes(20)) + segment(0xDA, b"\1\1\0\0?\0")
)


def jpeg(tiff: bytes = TIFF) -> bytes:
    jfif = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1" + SECRET[:3])
    notes = segment(0xE1, b"Exif\0\0" + tiff) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)
    more = segment(0xE0, b"JFXX\0" + SECRET) + segment(0xED, b"Photoshop 3.0\0" + SECRET) + segment(0xFE, SECRET)
    second = segment(0xC4, bytes(20)) + segment(0xDA, b"\1\1\0\0?\0") + SCAN
    return b"\xff\xd8" + jfif + notes + ICC + more + ADOBE + b"\xff" + DRAWN + SCAN + second + b"\xff\xd9" + SECRET


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PIXELS = zlib.compress(b"\0\x7f")


def png(tiff: bytes = TIFF) -> bytes:
    notes = chunk(b"tEXt", b"Author\0" + SECRET) + chunk(b"zTXt", b"x\0\0" + SECRET) + chunk(b"iTXt", b"XML\0" + SECRET)
    own = chunk(b"tIME", bytes(7)) + chunk(b"caBX", SECRET) + chunk(b"eXIf", tiff)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + notes + own + chunk(b"IDAT", PIXELS) + chunk(b"tEXt", SECRET) + chunk(b"IEND", b"") + SECRET
    )


def riff_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def webp() -> bytes:
    frame = riff_chunk(b"ANMF", bytes(16) + riff_chunk(b"VP8L", b"frame") + riff_chunk(b"NOTE", SECRET))
    head = riff_chunk(b"VP8X", bytes((0x0E, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
    chunks = head + riff_chunk(b"VP8L", b"odd") + frame + riff_chunk(b"EXIF", SECRET) + riff_chunk(b"XMP ", SECRET)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks + SECRET


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I", len(inside) + 8) + kind + inside


def handler(kind: bytes) -> bytes:
    return box(b"hdlr", bytes(8), kind, bytes(12), SECRET + b"\0")


def track(kind: bytes = b"vide") -> bytes:
    head = box(b"tkhd", b"\0\0\0\7", b"TIME", b"TIME", b"track")
    media = box(
        b"mdia", box(b"mdhd", b"\1\0\0\0", b"TIMETIME", b"TIMETIME", b"media"), handler(kind), box(b"minf", handler(b"alis"))
    )
    return box(b"trak", head, media, box(b"udta", SECRET))


def mp4(*tracks: bytes) -> bytes:
    place = box(b"udta", box(b"\xa9xyz", SECRET), bytes(4))
    head = box(b"mvhd", bytes(4), b"TIME", b"TIME", b"movie")
    film = box(b"moov", head, *(tracks or (track(), track(b"soun"))), place, box(b"meta", handler(b"mdta"), SECRET))
    large = struct.pack(">I4sQ", 1, b"mdat", 16 + 6) + b"pixels"
    return box(b"ftyp", b"isom", bytes(4), b"mp42") + box(b"uuid", SECRET) + film + box(b"free", SECRET) + large


ALL = {"jpeg": jpeg(), "png": png(), "webp": webp(), "mp4": mp4()}
