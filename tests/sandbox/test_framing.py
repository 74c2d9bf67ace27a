"""Framing: packets come out whole, however the stream was cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transport.sandbox.mtproto.framing import ABRIDGED, INTERMEDIATE, Framing, ProtocolError

packets = st.lists(st.integers(1, 400).map(lambda words: bytes(range(4)) * words), max_size=6)


@given(packets=packets, hello=st.sampled_from((ABRIDGED, INTERMEDIATE)), cut=st.integers(1, 50))
def test_packets_come_out_as_they_went_in(packets: list[bytes], hello: bytes, cut: int) -> None:
    sender, receiver = Framing(), Framing()
    sender.feed(hello)
    stream = hello + b"".join(sender.wrap(packet) for packet in packets)
    found = [packet for start in range(0, len(stream), cut) for packet in receiver.feed(stream[start : start + cut])]
    assert found == packets


def test_another_transport_is_refused() -> None:
    with pytest.raises(ProtocolError):
        Framing().feed(b"\xdd\xdd\xdd\xdd")


def test_a_packet_beyond_all_bounds_is_refused_before_it_is_read() -> None:
    with pytest.raises(ProtocolError):
        Framing().feed(INTERMEDIATE + (1 << 30).to_bytes(4, "little"))
