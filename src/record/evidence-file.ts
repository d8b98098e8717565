import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { verdicts } from '../domain/verdict.ts'
import { evidenceFileName } from './inventory.ts'
import { RunFolderError } from './reader-error.ts'

/** The newest evidence.json that this reader knows, and the one that is written. */
export const evidenceFormat = 1

const text = z.string().nullable()

/** What only people know: Squall leaves it empty once, and keeps what it finds there. */
const people = z.object({
  participants: z.array(z.unknown()),
  approvals: z.array(z.unknown()),
  findings: z.array(z.object({ id: z.string(), owner: text, due: text })),
  rollbackVerifiedBy: text,
  signOff: z.unknown(),
  nextDate: text,
})
export type People = z.infer<typeof people>

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** What is read back of evidence.json; the rest of it is for readers (src/judge/evidence-file.ts). */
const evidenceFile = z.object({
  format: z.literal(evidenceFormat),
  run: z.object({ id: z.string() }),
  verdict: z.enum(verdicts),
  previous: z.object({ runId: z.string(), sha256, folder: z.string().regex(/^(?!\.{1,2}$)[^/\\]+$/) }).nullable(),
  people,
  files: z.array(
    z.object({ file: z.string(), kind: z.enum(['recorded', 'derived', 'added']), bytes: z.int().min(0), sha256 }),
  ),
})
export type EvidenceFile = z.infer<typeof evidenceFile>

export interface ReadEvidence {
  readonly evidence: EvidenceFile
  /** Of evidence.json itself. */
  readonly sha256: string
}

/**
 * Reads evidence.json of a run folder; null when it has none.
 * @throws RunFolderError `damaged` where it is not what Squall writes, `newer_format` where a newer Squall wrote it
 */
export function readEvidence(folder: string): ReadEvidence | null {
  const path = join(folder, evidenceFileName)
  if (!existsSync(path)) return null
  const bytes = readFileSync(path)
  return { evidence: parseEvidence(path, bytes.toString('utf8')), sha256: sha256Of(bytes) }
}

/** SHA-256 of evidence.json, whatever is in it; null when there is none. */
export function evidenceDigest(folder: string): string | null {
  const path = join(folder, evidenceFileName)
  return existsSync(path) ? sha256Of(readFileSync(path)) : null
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function parseEvidence(path: string, json: string): EvidenceFile {
  const value = parseJson(path, json)
  const format = z.object({ format: z.number() }).safeParse(value).data?.format ?? 0
  if (format > evidenceFormat) {
    const message = `${path} has format ${format}; this Squall reads up to format ${evidenceFormat}`
    throw new RunFolderError('newer_format', message, 'Check it with the Squall that wrote it, or a newer one.')
  }
  const parsed = evidenceFile.safeParse(value)
  if (parsed.success) return parsed.data
  const { path: at, message } = parsed.error.issues[0] ?? { path: [], message: 'not known' }
  throw damaged(path, `${at.join('.') || 'the whole'}: ${message}`)
}

function parseJson(path: string, json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw damaged(path, 'it is no JSON', cause)
  }
}

function damaged(path: string, what: string, cause?: unknown): RunFolderError {
  const hint = 'Repair it, or take it out of the folder; `squall report` writes it anew.'
  return new RunFolderError('damaged', `${path} is not what Squall writes: ${what}`, hint, cause)
}
