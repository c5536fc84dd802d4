/** Three processes on one store. One of them is killed and restarted repeatedly. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { compileCacheEnvironment } from '../compile-cache.ts'

const script = `${import.meta.dirname}/replica.ts`

const start = async (args: readonly string[]): Promise<ChildProcess> => {
  const options = { execArgv: ['--disable-warning=ExperimentalWarning'], env: compileCacheEnvironment }
  const child = fork(script, args, options)
  await once(child, 'message')
  return child
}

const kill = async (child: ChildProcess): Promise<void> => {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

export const startReplicas = async (args: readonly string[]) => {
  const replicas = await Promise.all(Array.from({ length: 3 }, () => start(args)))
  let killed = 0
  let isOver = false

  const killInTurn = async (): Promise<void> => {
    while (!isOver) {
      await wait(300 + 300 * Math.random())
      const index = killed % replicas.length
      await kill(replicas[index] as ChildProcess)
      replicas[index] = await start(args)
      killed += 1
    }
  }

  const killing = killInTurn()
  return {
    killed: () => killed,
    close: async () => {
      isOver = true
      await killing
      await Promise.all(replicas.map(kill))
    },
  }
}
