-- Of the JSON that the scripts write themselves: the same as VERSION in storage/redis/streams/event_codec.py.
local VERSION = '1'
