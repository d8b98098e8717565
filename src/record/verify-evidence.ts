import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { type EvidenceFile, evidenceDigest, readEvidence } from './evidence-file.ts'
import { evidenceFileName, type FileDigest, takeInventory } from './inventory.ts'
import { readRunFile } from './reader.ts'
import { RunFolderError } from './reader-error.ts'

export interface Verified {
  /** One sentence each. Empty: all that could be looked at is as it was when it was judged. */
  readonly problems: readonly string[]
  /** What could not be looked at, and is no contradiction. */
  readonly notes: readonly string[]
  /** Files that are as they were. */
  readonly whole: number
  readonly listed: number
  /** Earlier drills whose evidence is the one that the drill after it was linked to. */
  readonly links: number
}

/** A chain is as long as years of weekly drills, and no longer. */
const linksMax = 1_000

/**
 * Looks whether a run folder is still what it was when it was judged, and the drills before it, as far as their folders
 * lie beside it. null: it has no evidence.json. @throws RunFolderError `newer_format`
 */
export function verifyEvidence(folder: string): Verified | null {
  const problems: string[] = []
  const notes: string[] = []
  try {
    const read = readEvidence(folder)
    if (read === null) return null
    const { evidence } = read
    const inventory = takeInventory(folder)
    const against = compareFiles(evidence.files, inventory.files)
    problems.push(...against, ...inventory.others.map((file) => `${file}: no regular file, so nothing vouches for it`))
    problems.push(...contradictions(folder, evidence))
    const links = followChain(resolve(folder), evidence, problems, notes)
    const known = new Map(inventory.files.map((file) => [file.file, file.sha256]))
    const whole = evidence.files.filter(({ file, sha256 }) => known.get(file) === sha256).length
    return { problems, notes, whole, listed: evidence.files.length, links }
  } catch (error) {
    if (!(error instanceof RunFolderError) || error.kind === 'newer_format') throw error
    return { problems: [...problems, error.message], notes, whole: 0, listed: 0, links: 0 }
  }
}

function compareFiles(listed: readonly FileDigest[], found: readonly FileDigest[]): string[] {
  const foundBy = new Map(found.map((file) => [file.file, file]))
  const listedNames = new Set(listed.map(({ file }) => file))
  const problems = listed.flatMap(({ file, bytes, sha256 }) => {
    const now = foundBy.get(file)
    if (now === undefined) return [`${file}: missing`]
    if (now.sha256 === sha256) return []
    const size = now.bytes === bytes ? `still ${bytes} bytes` : `${bytes} bytes then, ${now.bytes} now`
    return [`${file}: changed (${size})`]
  })
  const extra = found.filter(({ file }) => !listedNames.has(file)).map(({ file }) => `${file}: not listed`)
  return [...problems, ...extra]
}

/** What evidence.json says of the run, against the files that say it too: nothing vouches for evidence.json itself. */
function contradictions(folder: string, evidence: EvidenceFile): string[] {
  const problems: string[] = []
  const say = (what: string, here: string, there: string, file: string): void => {
    if (here !== there) problems.push(`${evidenceFileName}: says ${what} ${here}, where ${file} says ${there}`)
  }
  if (existsSync(join(folder, 'run.json'))) {
    const { id, previousDrill } = readRunFile(folder)
    say('run', evidence.run.id, id, 'run.json')
    const link = (from: { readonly sha256: string } | null) => from?.sha256 ?? 'none'
    const recorded = previousDrill === null ? null : { sha256: previousDrill.evidenceSha256 }
    say('previous drill', link(evidence.previous), link(recorded), 'run.json')
  }
  const verdict = verdictIn(join(folder, 'report.json'))
  if (verdict !== null) say('verdict', evidence.verdict, verdict, 'report.json')
  return problems
}

/** null: no report, or not one; a report that was changed is told as changed. */
function verdictIn(path: string): string | null {
  if (!existsSync(path)) return null
  try {
    const { verdict } = JSON.parse(readFileSync(path, 'utf8')) as { verdict?: unknown }
    return typeof verdict === 'string' ? verdict : null
  } catch {
    return null
  }
}

/** From drill to drill, backwards; how many links held. */
function followChain(from: string, first: EvidenceFile, problems: string[], notes: string[]): number {
  let evidence: EvidenceFile | null = first
  let links = 0
  for (; evidence?.previous && links < linksMax; links++) {
    const { folder: name, sha256, runId } = evidence.previous
    const folder = join(dirname(from), name)
    const by = links === 0 ? '' : `, named by ${evidence.run.id}`
    if (!existsSync(folder)) {
      notes.push(`the drill before (${runId}, in ${name}${by}) is not here`)
      return links
    }
    const found = evidenceDigest(folder)
    if (found !== sha256) {
      const what = found === null ? 'has no evidence.json any more' : 'has another evidence.json than it had then'
      problems.push(`the drill before (${runId}, in ${basename(folder)}${by}) ${what}: the chain is broken`)
      return links
    }
    evidence = readEvidence(folder)?.evidence ?? null
  }
  return links
}
