/** Loaded with `--import` before a program. Reports over IPC which modules the program has loaded. */
import { registerHooks } from 'node:module'

const urls: string[] = []

registerHooks({
  load: (url, context, next) => {
    urls.push(url)
    return next(url, context)
  },
})

process.on('message', (message) => {
  if (message !== 'loaded') return
  const { moduleLoadList } = process as unknown as { moduleLoadList: string[] }
  process.send?.({ urls, own: moduleLoadList })
})
