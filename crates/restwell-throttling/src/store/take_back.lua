-- Takes a request back that was let in at the moment ARGV[1], out of every window that it has not
-- left.
--
-- KEYS: the windows. ARGV: the moment, then for each window its period, in microseconds.
-- Requests of one slot have moved on together, and a clock that was set back may have moved all back.

local clock = redis.call('TIME')
local now, at = clock[1] * 1000000 + clock[2], tonumber(ARGV[1])

for i, key in ipairs(KEYS) do
  local packed = redis.call('GET', key)
  local log = packed and cmsgpack.unpack(packed) or {}
  if #log > 0 and at + tonumber(ARGV[i + 1]) > now then
    local own = #log - 1
    for j = #log - 1, 1, -2 do
      if log[j] >= at then
        own = j
      end
    end
    log[own + 1] = log[own + 1] - 1
    if log[own + 1] == 0 then
      table.remove(log, own + 1)
      table.remove(log, own)
    end
    if #log == 0 then
      redis.call('DEL', key)
    else
      redis.call('SET', key, cmsgpack.pack(log), 'KEEPTTL')
    end
  end
end
return {}
