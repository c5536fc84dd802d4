/**
 * Values of `node:http`. An `import` of that module reads all that it exports, and so loads Node's own copy of undici,
 * which nobody here needs: 70 ms of a start, and 14 MB.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http')
