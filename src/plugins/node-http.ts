/**
 * Values of `node:http`. An `import` of the module evaluates all of its exports, including Node's bundled undici. That
 * costs 70 ms at startup and 14 MB.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http')
