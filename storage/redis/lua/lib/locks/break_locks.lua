-- include: base event locks/periods
-- Removes the locks of a chat that has ended. Each owner's bot is told of those whose time is not over. `by` is the user whose
-- doing it is, or 'null'.
local function break_locks(chat, periods, why, by)
  call('HDEL', pool .. 'locks', chat)
  for lock, owner, bot, since, till in string.gmatch(periods, PERIOD) do
    call('ZREM', pool .. 'lock_ends', chat .. ':' .. owner)
    if tonumber(till) > now then
      local json = '{"id":"' .. lock .. '","chat":"' .. chat .. '","owner":{"bot":' .. bot .. ',"user":' .. owner
        .. '},"since":' .. since .. 'e-3,"until":' .. till .. 'e-3}'
      send_event(bot, 'LockBroken', '{"user":' .. owner .. ',"lock":' .. json .. ',"ended":' .. now_text .. 'e-3,"why":"' .. why
        .. '","by":' .. by .. '}')
    end
  end
end
