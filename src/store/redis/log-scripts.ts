/**
 * A log consists of three keys: a hash with its state, a sorted set of ids by position, and a sorted set of ids by
 * first sighting.
 * The hash also stores the times of each id under `at:ID` as `CREATED SEEN`; CREATED is empty if unknown.
 * If one of the keys was lost, ids in the others would never be reported again. The log then counts as missing and is
 * recreated.
 */
const scriptHelpers = `
  local state, ids, sightings = KEYS[1], KEYS[2], KEYS[3]
  local function isComplete()
    local count = redis.call('HLEN', state) - 4
    return count >= 0 and redis.call('ZCARD', ids) == count and redis.call('ZCARD', sightings) == count
  end
  local function currentState()
    return redis.call('HMGET', state, 'logId', 'lastSeq', 'trimmedTo', 'polledAt')
  end
`

export const appendScript = `${scriptHelpers}
  local logId, now = ARGV[1], ARGV[2]
  if not isComplete() then
    redis.call('DEL', state, ids, sightings)
    redis.call('HSET', state, 'logId', logId, 'lastSeq', '0', 'trimmedTo', '0', 'polledAt', now)
  end
  local seq = tonumber(redis.call('HGET', state, 'lastSeq'))
  for index = 3, #ARGV, 2 do
    local id, createdAt = ARGV[index], ARGV[index + 1]
    if redis.call('ZADD', ids, 'NX', string.format('%.0f', seq + 1), id) == 1 then
      seq = seq + 1
      redis.call('ZADD', sightings, now, id)
      redis.call('HSET', state, 'at:' .. id, createdAt .. ' ' .. now)
    end
  end
  redis.call('HSET', state, 'lastSeq', string.format('%.0f', seq), 'polledAt', now)
  return currentState()
`

export const logStateScript = `${scriptHelpers}
  return isComplete() and currentState()
`

/** Returns id, position and times of each entry in a flat array. */
export const readScript = `${scriptHelpers}
  if not isComplete() then return {} end
  local found = redis.call('ZRANGEBYSCORE', ids, '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', '0', ARGV[2])
  local entries = {}
  for index = 1, #found, 2 do
    entries[#entries + 1] = found[index]
    entries[#entries + 1] = found[index + 1]
    entries[#entries + 1] = redis.call('HGET', state, 'at:' .. found[index])
  end
  return entries
`

/** Returns one id as `readScript` does. */
export const findScript = `${scriptHelpers}
  local seq = isComplete() and redis.call('ZSCORE', ids, ARGV[1])
  return seq and {ARGV[1], seq, redis.call('HGET', state, 'at:' .. ARGV[1])} or {}
`

/** Entries per step. Redis executes nothing else during a step, and the caller must not time out. */
export const trimBatchSize = 1000

/** Trims one step of old ids from an offset. Returns how many ids it examined and how many it retained. */
export const trimScript = `${scriptHelpers}
  if not isComplete() then return {0, 0} end
  local lastOld, retained = 0, 0
  local step = redis.call('ZRANGEBYSCORE', sightings, '-inf', '(' .. ARGV[1], 'LIMIT', ARGV[3], '${trimBatchSize}')
  for _, id in ipairs(step) do
    local createdAt = tonumber(string.match(redis.call('HGET', state, 'at:' .. id), '^%S*'))
    if createdAt and createdAt < tonumber(ARGV[2]) then
      lastOld = math.max(lastOld, tonumber(redis.call('ZSCORE', ids, id)))
      redis.call('ZREM', ids, id)
      redis.call('ZREM', sightings, id)
      redis.call('HDEL', state, 'at:' .. id)
    else
      retained = retained + 1
    end
  end
  if lastOld > tonumber(redis.call('HGET', state, 'trimmedTo')) then
    redis.call('HSET', state, 'trimmedTo', string.format('%.0f', lastOld))
  end
  return {#step, retained}
`
