"""What cameras and programs wrote into a file is taken out, and nothing else: `transport/media/stripping/`."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transport.files_with_notes import (
    ADOBE,
    ALL,
    DRAWN,
    ICC,
    PIXELS,
    SCAN,
    SECRET,
    box,
    jpeg,
    mp4,
    png,
    segment,
    track,
    webp,
)
from transport.media.stripping.broken import BrokenFileError
from transport.media.stripping.orientation import only_orientation, orientation_of
from transport.media.stripping.strip import strip

PIECES = (SECRET, SECRET[:3], b"TIME", b"Ivan")


@pytest.mark.parametrize("kind", ALL)
def test_nothing_that_was_written_into_it_is_left(kind):
    cleaned = strip(ALL[kind])
    assert [piece for piece in PIECES if piece in cleaned] == []


@pytest.mark.parametrize("kind", ALL)
def test_a_file_that_is_clean_stays_as_it_is(kind):
    cleaned = strip(ALL[kind])
    assert strip(cleaned) == cleaned


def test_a_jpeg_keeps_its_picture_its_colours_and_which_side_is_up():
    cleaned = strip(jpeg())
    assert DRAWN + SCAN in cleaned
    assert ICC in cleaned
    assert ADOBE in cleaned
    assert cleaned.endswith(SCAN + b"\xff\xd9")
    notes = cleaned[cleaned.index(b"Exif\0\0") + 6 :]
    assert orientation_of(notes) == 6


def test_an_upright_picture_has_no_notes_at_all():
    upright = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, 1, 0, 0)
    assert b"Exif" not in strip(jpeg(upright))
    assert b"eXIf" not in strip(png(upright))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", range(2, 9))
def test_every_orientation_is_kept_in_both_orders_of_bytes(order, value):
    tiff = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IHHHIHHI", 8, 1, 0x0112, 3, 1, value, 0, 0)
    assert orientation_of(only_orientation(tiff)) == orientation_of(tiff) == value


def test_a_png_keeps_its_pixels_and_which_side_is_up():
    cleaned = strip(png())
    assert PIXELS in cleaned
    assert zlib.decompress(PIXELS) == b"\0\x7f"
    assert orientation_of(cleaned[cleaned.index(b"eXIf") + 4 :]) == 6
    assert cleaned.endswith(b"IEND" + struct.pack(">I", zlib.crc32(b"IEND")))


def test_frames_within_frames_of_a_webp_are_refused_and_cost_nothing():
    chunks = b"VP8 " + struct.pack("<I", 4) + b"abcd"
    for _ in range(3000):
        content = bytes(16) + chunks
        chunks = b"ANMF" + struct.pack("<I", len(content)) + content
    chunks = b"VP8X" + struct.pack("<I", 10) + bytes(10) + chunks
    with pytest.raises(BrokenFileError):
        strip(b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks)


def test_a_webp_keeps_its_picture_and_says_no_more_that_it_has_notes():
    cleaned = strip(webp())
    assert cleaned[20] == 0x02
    assert b"odd\0" in cleaned
    assert b"frame" in cleaned
    assert len(cleaned) == 8 + int.from_bytes(cleaned[4:8], "little")


def test_a_film_keeps_its_length_and_everything_that_is_shown():
    film = mp4()
    cleaned = strip(film)
    assert len(cleaned) == len(film)
    assert cleaned.index(b"pixels") == film.index(b"pixels")
    assert [cleaned.count(kind) for kind in (b"vide", b"soun", b"movie", b"media", b"track")] == [1, 1, 1, 2, 2]


@pytest.mark.parametrize("kind", [b"meta", b"camm", b"gpmd", b"\0\0\0\0"])
def test_a_film_with_a_track_of_notes_is_refused(kind):
    with pytest.raises(BrokenFileError):
        strip(mp4(track(), track(kind)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"plain text that is nothing",
        b"%PDF-1.7 and so on",
        b"GIF89a\1\0\1\0\0\0\0;",
        box(b"ftyp", b"heic", bytes(4), b"mif1") + box(b"meta", SECRET) + box(b"moov", track()),
        box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", b"no index"),
        box(b"ftyp", b"isom", bytes(4)) + box(b"moov", box(b"cmov", SECRET)),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + segment(0xDA, b"") + b"cut off",
        b"RIFF\4\0\0\0WEBP",
        b"RIFF\xff\0\0\0WAVEfmt ",
        b"\0\0\0\1moov\0\0\0\0\0\0\0\0",
        b"\0\0\0\0moov" * 40,
    ],
)
def test_other_kinds_and_broken_files_are_refused(data):
    with pytest.raises(BrokenFileError):
        strip(data)


@pytest.mark.parametrize("kind", ALL)
def test_a_file_that_is_cut_off_anywhere_is_refused_or_clean(kind):
    """What follows the end of a picture may be cut off: it goes anyway."""
    whole = ALL[kind]
    for end in range(len(whole)):
        try:
            cleaned = strip(whole[:end])
        except BrokenFileError:
            continue
        assert SECRET not in cleaned


@given(st.sampled_from(sorted(ALL)), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=8))
def test_whatever_bytes_are_broken_it_is_cleaned_or_refused(kind, changes):
    data = bytearray(ALL[kind])
    for place, value in changes:
        data[place % len(data)] = value
    try:
        strip(bytes(data))
    except BrokenFileError:
        return


@given(
    st.sampled_from([b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBP", b"\0\0\0\x10ftypisom", b""]),
    st.binary(max_size=300),
)
def test_no_bytes_make_it_fail(beginning, rest):
    try:
        strip(beginning + rest)
    except BrokenFileError:
        return


@given(st.binary(max_size=80))
def test_no_notes_make_it_fail(tiff):
    assert 1 <= orientation_of(tiff) <= 8
    assert 1 <= orientation_of(b"MM\0*" + tiff) <= 8
