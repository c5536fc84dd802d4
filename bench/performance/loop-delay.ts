/** Preloaded with `--import`. It reports over IPC the longest block of the event loop since the last report. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolution = 10

const delay = monitorEventLoopDelay({ resolution })
delay.enable()

process.on('message', (message) => {
  if (message !== 'delay') return
  process.send?.({ delay: Math.max(0, delay.max / 1e6 - resolution) })
  delay.reset()
})
// Does not prevent the process from exiting.
process.channel?.unref()
