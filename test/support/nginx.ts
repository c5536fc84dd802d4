import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Debian installs it in a folder that is only on root's PATH. */
const path = `${process.env.PATH}:/usr/sbin`

export const hasNginx = path.split(':').some((folder) => existsSync(join(folder, 'nginx')))

export interface NginxServer {
  /** A Unix socket, because nginx cannot choose a free port. */
  socketPath: string
  close(): Promise<void>
}

/** A real nginx that forwards every request, with default settings and the given lines. */
export const startNginx = async (upstream: string, locationLines = ''): Promise<NginxServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'foyer-nginx-'))
  const socketPath = join(folder, 'socket')
  const file = join(folder, 'nginx.conf')
  await writeFile(file, createConfiguration(folder, socketPath, upstream, locationLines))
  const child = spawn('nginx', ['-e', 'stderr', '-p', folder, '-c', file], {
    env: { PATH: path },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = once(child, 'exit')
  while (!(await isListening(socketPath))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${errors}`)
    await wait(10)
  }
  return {
    socketPath,
    close: async () => {
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const createConfiguration = (folder: string, socketPath: string, upstream: string, locationLines: string): string => `
daemon off;
master_process off;
error_log stderr crit;
pid ${folder}/pid;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen unix:${socketPath};
    location / {
      proxy_pass ${upstream};
      ${locationLines}
    }
  }
}
`

const isListening = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
