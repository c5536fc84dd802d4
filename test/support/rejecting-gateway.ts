/** The gateway's process, with a defect that a signal sets off. */
import '#src/server.ts'

process.on('SIGWINCH', () => {
  Promise.reject(new TypeError('canary'))
})
