/** Loaded before a program (`--import`): tells over IPC for how long its event loop stood still at most, since asked last. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolution = 10

const delay = monitorEventLoopDelay({ resolution })
delay.enable()

process.on('message', (message) => {
  if (message !== 'delay') return
  process.send?.({ delay: Math.max(0, delay.max / 1e6 - resolution) })
  delay.reset()
})
// It keeps nobody alive.
process.channel?.unref()
