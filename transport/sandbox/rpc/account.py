"""Methods of help, auth, updates and users, which a bot calls to log in and to receive updates."""

from __future__ import annotations

import time

from pyrogram import raw

from transport.sandbox.mtproto.tl import TL, boolean, revived, vector
from transport.sandbox.rpc.call import Call, Methods
from transport.sandbox.world.model import RpcError

types = raw.types
LIMITS = {
    "chat_size_max": 200,
    "megagroup_size_max": 200_000,
    "forwarded_count_max": 100,
    "online_update_period_ms": 210_000,
    "offline_blur_timeout_ms": 5_000,
    "offline_idle_timeout_ms": 30_000,
    "online_cloud_timeout_ms": 300_000,
    "notify_cloud_delay_ms": 30_000,
    "notify_default_delay_ms": 1_500,
    "push_chat_period_ms": 60_000,
    "push_chat_limit": 2,
    "edit_time_limit": 172_800,
    "revoke_time_limit": 2_147_483_647,
    "revoke_pm_time_limit": 2_147_483_647,
    "rating_e_decay": 2_419_200,
    "stickers_recent_limit": 200,
    "channels_read_media_period": 604_800,
    "call_receive_timeout_ms": 20_000,
    "call_ring_timeout_ms": 90_000,
    "call_connect_timeout_ms": 30_000,
    "call_packet_timeout_ms": 10_000,
    "caption_length_max": 1_024,
    "message_length_max": 4_096,
    "webfile_dc_id": 2,
}


def get_config(call: Call, _: TL) -> TL:
    now = int(time.time())
    host, port = call.services.address()
    return types.Config(
        date=now,
        expires=now + 3600,
        test_mode=False,
        this_dc=2,
        dc_options=[types.DcOption(id=2, ip_address=host, port=port)],
        dc_txt_domain_name="",
        me_url_prefix="https://t.me/",
        **LIMITS,
    )


def import_bot_authorization(call: Call, query: TL) -> TL:
    bot = call.services.world.bot_by_token(query.bot_auth_token)
    if bot is None:
        revoked = query.bot_auth_token in call.services.world.revoked
        raise RpcError(400, "ACCESS_TOKEN_EXPIRED" if revoked else "ACCESS_TOKEN_INVALID")
    call.services.keyring.bind(call.session.key, bot.id)
    return types.auth.Authorization(user=call.services.renderer.bot(bot.id, bot))


def log_out(call: Call, _: TL) -> TL:
    call.services.keyring.bind(call.session.key, None)
    return types.auth.LoggedOut()


def get_state(call: Call, _: TL) -> TL:
    return call.services.updates.state(call.bot)


def get_difference(call: Call, query: TL) -> TL:
    """A client whose places are beyond our log comes from another world. It gets the state of this one."""
    if query.pts > call.bot.pts:
        return types.updates.DifferenceTooLong(pts=call.bot.pts)
    return call.services.updates.difference(call.bot, query.pts, query.qts)


def get_users(call: Call, query: TL) -> TL:
    return vector([call.person(peer) for peer in revived(query.id)])


def get_full_user(call: Call, query: TL) -> TL:
    person = call.person(query.id)
    number = getattr(query.id, "user_id", call.bot.id)
    full = types.UserFull(
        id=number,
        settings=types.PeerSettings(),
        notify_settings=types.PeerNotifySettings(),
        common_chats_count=0,
    )
    return types.users.UserFull(full_user=full, chats=[], users=[person])


def update_status(call: Call, _: TL) -> TL:
    return boolean(bool(call.bot))


METHODS: Methods = {
    "help.GetConfig": get_config,
    "auth.ImportBotAuthorization": import_bot_authorization,
    "auth.LogOut": log_out,
    "updates.GetState": get_state,
    "updates.GetDifference": get_difference,
    "users.GetUsers": get_users,
    "users.GetFullUser": get_full_user,
    "account.UpdateStatus": update_status,
}
