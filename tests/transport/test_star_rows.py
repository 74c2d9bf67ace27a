"""The list of Stars, as Telegram pages it."""

from __future__ import annotations

from pyrogram import raw

from transport.payments.rows import read_page


def page(*rows, next_offset=None):
    balance = raw.types.StarsAmount(amount=5, nanos=500_000_000)
    return raw.types.payments.StarsStatus(balance=balance, chats=[], users=[], history=list(rows), next_offset=next_offset)


def sale(id_: str):
    peer = raw.types.StarsTransactionPeer(peer=raw.types.PeerUser(user_id=7))
    return raw.types.StarsTransaction(id=id_, amount=raw.types.StarsAmount(amount=1, nanos=0), date=9, peer=peer)


def test_a_list_goes_on_where_the_server_says():
    read = read_page(page(sale("a"), sale("b"), next_offset="102"), 100)
    assert ([row.id for row in read.rows], read.end, read.more, read.balance) == (["a", "b"], 102, True, 5_500_000_000)


def test_a_page_without_rows_is_the_last_one():
    """Else a server that names an offset with it would be asked for ever."""
    read = read_page(page(next_offset="100"), 100)
    assert (read.end, read.more) == (100, False)
