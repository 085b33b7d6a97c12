-- Claims a message and spends budgets, all or nothing, in one step.
-- KEYS: the claim, if ARGV[1] is not empty; then one counter for each limit; then one
-- set for each criterion of the question, of the questions that differ in it alone.
-- ARGV: 1 the value of this very request, 2 life of the claim, 3 life of the
-- counters (milliseconds), 4 the question, short, 5 limit of the sets, 6 their life,
-- 7 what the first counter is drawn on, the others by 1, 8... the limits of the counters.
-- Returns the server's run_id, 0 (done), 1 (claimed before) or 2 (spent), and for 2
-- which counter, or set after them.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local first = 1
if ARGV[1] ~= '' then
  first = 2
  local holder = redis.call('GET', KEYS[1])
  -- The same value is this request again: the client repeats what it lost the reply of.
  if holder == ARGV[1] then return {run, 0, 0} end
  if holder then return {run, 1, 0} end
end
local last = first + #ARGV - 8
for i = first, last do
  local spent = tonumber(redis.call('GET', KEYS[i]) or '0')
  if spent >= tonumber(ARGV[8 + i - first]) then return {run, 2, i - first} end
end
for i = last + 1, #KEYS do
  local full = redis.call('SCARD', KEYS[i]) >= tonumber(ARGV[5])
  if full and redis.call('SISMEMBER', KEYS[i], ARGV[4]) == 0 then return {run, 2, i - first} end
end
if first == 2 then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
for i = first, last do
  redis.call('INCRBY', KEYS[i], i == first and ARGV[7] or 1)
  redis.call('PEXPIRE', KEYS[i], ARGV[3])
end
for i = last + 1, #KEYS do
  redis.call('SADD', KEYS[i], ARGV[4])
  redis.call('PEXPIRE', KEYS[i], ARGV[6])
end
return {run, 0, 0}
