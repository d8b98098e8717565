import { parentPort } from 'node:worker_threads'
import type { JsonObject } from '../mcp/answer.ts'
import { generateArguments } from './generate-arguments.ts'

// A thread of its own: schemas come from servers that nobody has looked at, and their patterns may run for ever.
parentPort?.on('message', ({ schema, seed }: { readonly schema: JsonObject; readonly seed: number }) => {
  parentPort?.postMessage(generateArguments(schema, seed))
})
parentPort?.postMessage('ready')
