/**
 * A minimal HTTP/1.1 client that costs a tenth of the gateway's processor time, so that one process can generate
 * several times the gateway's capacity. It sends one request at a time and reconnects lost connections.
 */
import { connect, type Socket } from 'node:net'

export interface Reply {
  /** 0 means a lost connection. */
  readonly status: number
  readonly bytes: number
}

const lostReply: Reply = { status: 0, bytes: 0 }

const headEndBytes = Buffer.from('\r\n\r\n')
const lastChunk = Buffer.from('0\r\n\r\n')

export class Connection {
  readonly #port: number
  #socket: Socket | undefined
  #resolve: ((reply: Reply) => void) | undefined
  #head: Buffer = Buffer.alloc(0)
  #status = 0
  #bytes = 0
  /** The remaining bytes of the body; undefined while the head is read; null for chunked bodies. */
  #rest: number | null | undefined

  constructor(port: number) {
    this.#port = port
  }

  send(request: string): Promise<Reply> {
    this.#socket ??= this.#open()
    this.#socket.write(request)
    return new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    socket.on('data', (chunk) => this.#take(chunk as Buffer))
    socket.on('error', () => {})
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = undefined
      this.#end(lostReply)
    })
    return socket
  }

  #take(chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#rest === undefined) this.#takeHead(chunk)
    else if (this.#rest === null) this.#endIf(chunk.subarray(-lastChunk.length).equals(lastChunk))
    else {
      this.#rest -= chunk.length
      this.#endIf(this.#rest <= 0)
    }
  }

  #takeHead(chunk: Buffer): void {
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk])
    const end = this.#head.indexOf(headEndBytes)
    if (end < 0) return
    const head = this.#head.toString('latin1', 0, end)
    const body = this.#head.subarray(end + headEndBytes.length)
    this.#head = Buffer.alloc(0)
    this.#status = Number(head.slice(9, 12))
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
    this.#rest = length === undefined ? null : Number(length) - body.length
    const isEmpty = this.#status === 204 || this.#status === 304
    this.#endIf(isEmpty || (this.#rest === null ? body.subarray(-lastChunk.length).equals(lastChunk) : this.#rest <= 0))
  }

  #endIf(isWhole: boolean): void {
    if (isWhole) this.#end({ status: this.#status, bytes: this.#bytes })
  }

  #end(reply: Reply): void {
    const resolve = this.#resolve
    this.#resolve = undefined
    this.#rest = undefined
    this.#bytes = 0
    resolve?.(reply)
  }
}
