-- Counts one request in every window, or in none when one of them is full.
--
-- KEYS: the windows. ARGV: for each its limit, its period and its slot, in microseconds.
-- A key holds the moments at which requests were let in, oldest first, each with their number.
-- Returns whether the request was let in, at which moment, and for each window how many requests are in it and
-- after how many microseconds there is room for another one.

local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local admitted = 1
local windows = {}

for i, key in ipairs(KEYS) do
  local limit, period = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  local packed = redis.call('GET', key)
  local before = packed and cmsgpack.unpack(packed) or {}
  local log, used = {}, 0
  for j = 1, #before, 2 do
    if before[j] + period > now then
      log[#log + 1] = math.min(before[j], now)
      log[#log + 1] = before[j + 1]
      used = used + before[j + 1]
    end
  end
  if used >= limit then
    admitted = 0
  end
  windows[i] = { log = log, used = used, limit = limit, period = period }
end

local answer = { admitted, now }
for i, window in ipairs(windows) do
  local log, slot = window.log, tonumber(ARGV[3 * i])
  if admitted == 1 then
    local last = #log - 1
    if slot > 0 and last > 0 and math.floor(log[last] / slot) == math.floor(now / slot) then
      log[last] = now
      log[last + 1] = log[last + 1] + 1
    else
      log[#log + 1] = now
      log[#log + 1] = 1
    end
    window.used = window.used + 1
    redis.call('SET', KEYS[i], cmsgpack.pack(log), 'PX', math.ceil(window.period / 1000))
  end
  -- More than one must leave where the limit has been lowered.
  local leaving, reset = math.max(1, window.used + 1 - window.limit), 0
  for j = 1, #log, 2 do
    leaving = leaving - log[j + 1]
    if leaving <= 0 then
      reset = log[j] + window.period - now
      break
    end
  end
  answer[#answer + 1] = window.used
  answer[#answer + 1] = reset
end
return answer
