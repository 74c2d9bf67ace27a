"""Messages on their way out: `transport/mtproto/send_buffer.py`."""

from pyrogram import raw
from pyrogram.raw.core import MsgContainer

from transport.mtproto.send_buffer import CONTAINER_BYTES, CONTAINER_MESSAGES, Packed, SendBuffer

NOW = 1_800_000_000.0


def new_buffer() -> SendBuffer:
    return SendBuffer(lambda: NOW)


def call() -> Packed:
    return Packed(raw.functions.updates.GetState())


def ping() -> Packed:
    return Packed(raw.functions.Ping(ping_id=1))


def test_an_empty_bag_has_nothing_to_send():
    assert new_buffer().collect() == []


def test_a_single_message_goes_as_it_is():
    buffer = new_buffer()
    number = buffer.add(call())
    (message,) = buffer.collect()
    assert message.msg_id == number
    assert message.body.data == raw.functions.updates.GetState().write()
    assert buffer.collect() == []


def test_several_go_in_a_container_whose_id_is_above_theirs():
    buffer = new_buffer()
    numbers = [buffer.add(call()) for _ in range(3)]
    (container,) = buffer.collect()
    assert isinstance(container.body.query, MsgContainer)
    assert [message.msg_id for message in container.body.query.messages] == numbers
    assert container.msg_id > max(numbers)
    assert buffer.carried_by(container.msg_id) == tuple(numbers)


def test_ids_rise_near_the_clock_in_steps_of_four():
    buffer = new_buffer()
    numbers = [buffer.add(call()) for _ in range(100)]
    assert numbers == sorted(set(numbers))
    assert all(number % 4 == 0 for number in numbers)
    assert numbers[0] >> 32 == NOW


def test_only_what_is_to_be_acknowledged_counts_in_the_sequence():
    buffer = new_buffer()
    sequences = [buffer.stamp(packed()).seq_no for packed in (call, ping, call, call, ping)]
    assert sequences == [1, 2, 3, 5, 6]


def test_acknowledgements_travel_with_the_next_message():
    buffer = new_buffer()
    buffer.add(call())
    buffer.acks += [11, 13]
    (container,) = buffer.collect()
    assert container.body.query.messages[-1].body.query == raw.types.MsgsAck(msg_ids=[11, 13])
    assert buffer.acks == []


def test_no_container_grows_beyond_its_limits():
    buffer = new_buffer()
    for _ in range(CONTAINER_MESSAGES + 1):
        buffer.add(call())
    assert len(buffer.collect()) == 2
    for _ in range(3):
        buffer.add(Packed(raw.types.MsgsAck(msg_ids=list(range(CONTAINER_BYTES // 20)))))
    assert len(buffer.collect()) == 2


def test_after_a_correction_of_the_clock_ids_may_be_lower():
    now = NOW + 4000
    buffer = SendBuffer(lambda: now)
    ahead = buffer.add(call())
    now = NOW
    buffer.clock_changed()
    assert buffer.add(call()) < ahead
