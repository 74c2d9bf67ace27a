-- The version of the JSON that scripts write. It equals VERSION in storage/redis/streams/event_codec.py.
local VERSION = '1'
