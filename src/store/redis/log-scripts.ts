/**
 * A log is three keys: a hash (its state, and under `at:ID` the times of each id as `CREATED SEEN`, CREATED empty when
 * unknown), a sorted set of its ids by position, and one of its ids by the moment of first sight, for trims. Ids that a log
 * holds without their state would never be reported again: a log that lost a part is no log, and is begun anew.
 */
const scriptHelpers = `
  local state, ids, seen = KEYS[1], KEYS[2], KEYS[3]
  local function isWhole()
    local count = redis.call('HLEN', state) - 4
    return count >= 0 and redis.call('ZCARD', ids) == count and redis.call('ZCARD', seen) == count
  end
  local function currentState()
    return redis.call('HMGET', state, 'logId', 'lastSeq', 'trimmedTo', 'polledAt')
  end
`

export const appendScript = `${scriptHelpers}
  local logId, now = ARGV[1], ARGV[2]
  if not isWhole() then
    redis.call('DEL', state, ids, seen)
    redis.call('HSET', state, 'logId', logId, 'lastSeq', '0', 'trimmedTo', '0', 'polledAt', now)
  end
  local seq = tonumber(redis.call('HGET', state, 'lastSeq'))
  for index = 3, #ARGV, 2 do
    local id, createdAt = ARGV[index], ARGV[index + 1]
    if redis.call('ZADD', ids, 'NX', string.format('%.0f', seq + 1), id) == 1 then
      seq = seq + 1
      redis.call('ZADD', seen, now, id)
      redis.call('HSET', state, 'at:' .. id, createdAt .. ' ' .. now)
    end
  end
  redis.call('HSET', state, 'lastSeq', string.format('%.0f', seq), 'polledAt', now)
  return currentState()
`

export const logStateScript = `${scriptHelpers}
  return isWhole() and currentState()
`

/** Gives id, position, times; id, position, times… */
export const readScript = `${scriptHelpers}
  if not isWhole() then return {} end
  local found = redis.call('ZRANGEBYSCORE', ids, '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', '0', ARGV[2])
  local entries = {}
  for index = 1, #found, 2 do
    entries[#entries + 1] = found[index]
    entries[#entries + 1] = found[index + 1]
    entries[#entries + 1] = redis.call('HGET', state, 'at:' .. found[index])
  end
  return entries
`

/** So many entries a step: a server does nothing else meanwhile, and the caller does not wait for ever. */
export const trimBatchSize = 1000

/** Looks at a step's worth of old ids from an offset on; gives how many there were, and how many of them it kept. */
export const trimScript = `${scriptHelpers}
  if not isWhole() then return {0, 0} end
  local lastOld, kept = 0, 0
  local step = redis.call('ZRANGEBYSCORE', seen, '-inf', '(' .. ARGV[1], 'LIMIT', ARGV[3], '${trimBatchSize}')
  for _, id in ipairs(step) do
    local createdAt = tonumber(string.match(redis.call('HGET', state, 'at:' .. id), '^%S*'))
    if createdAt and createdAt < tonumber(ARGV[2]) then
      lastOld = math.max(lastOld, tonumber(redis.call('ZSCORE', ids, id)))
      redis.call('ZREM', ids, id)
      redis.call('ZREM', seen, id)
      redis.call('HDEL', state, 'at:' .. id)
    else
      kept = kept + 1
    end
  end
  if lastOld > tonumber(redis.call('HGET', state, 'trimmedTo')) then
    redis.call('HSET', state, 'trimmedTo', string.format('%.0f', lastOld))
  end
  return {#step, kept}
`
