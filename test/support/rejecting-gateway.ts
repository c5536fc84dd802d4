/** Runs the gateway's process with a bug that a signal triggers. */
import '#src/server.ts'

process.on('SIGWINCH', () => {
  Promise.reject(new TypeError('canary'))
})
