/** nginx as the lower bound: one process with persistent upstream connections. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { launch } from '../../processes.ts'
import type { Start } from './start.ts'

/** Debian installs nginx outside of the PATH of normal users. */
const path = `${process.env.PATH}:/usr/sbin`

/** Returns an empty list if nginx is not installed. nginx prints its version to standard error. */
export const readNginxVersion = (): string[] => {
  const { stderr } = spawnSync('nginx', ['-v'], { env: { PATH: path }, encoding: 'utf8' })
  const version = /nginx\/([\d.]+)/.exec(stderr ?? '')?.[1]
  return version === undefined ? [] : [`nginx ${version}`]
}

const createConfiguration = (port: number, upstream: number, folder: string): string => `
daemon off;
master_process off;
error_log stderr crit;
pid ${folder}/nginx-${port}.pid;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 1000000;
  upstream stub {
    server 127.0.0.1:${upstream};
    keepalive 64;
    keepalive_requests 1000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://stub;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffers 64 8k;
    }
  }
}
`

const isListening = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/__calls`).then(
    ({ ok }) => ok,
    () => false,
  )

export const startNginx: Start = async ({ port, upstream, folder, prefix }) => {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `nginx-${port}.conf`)
  writeFileSync(file, createConfiguration(port, upstream, folder))
  // nginx prints nothing by itself.
  const command = [...prefix, 'sh', '-c', 'echo started; exec nginx -c "$0"', file]
  const child = await launch(command, { PATH: path }, /started/)
  while (!(await isListening(port))) await wait(20)
  return child
}
