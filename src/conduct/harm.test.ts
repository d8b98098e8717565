import { expect, it } from 'vitest'
import type { LinkFault, NodeFault } from '../../chaos/faults/fault.ts'
import type { LinkControl } from '../domain/link.ts'
import type { NodeControl } from '../domain/node-control.ts'
import type { PlannedFault } from '../domain/plan.ts'
import { type ProbeSample, usualQuestion } from '../domain/probe-sample.ts'
import { harmToLink, harmToNode } from './harm.ts'

const planned: PlannedFault = {
  id: 'mine',
  fault: 'rot',
  on: 'db',
  with: { depth: 3 },
  startMs: 0,
  forMs: 1_000,
  recoveryMs: 0,
  judgedBy: 'bounded',
}
const link: LinkControl = {
  id: 'db',
  addToxic: async () => undefined,
  removeToxic: async () => undefined,
  setEnabled: async () => undefined,
}
const node: NodeControl = {
  id: 'primary',
  role: 'postgres',
  signal: async () => undefined,
  stop: async () => undefined,
  start: async () => undefined,
  useUpFiles: async () => undefined,
  giveFilesBack: async () => undefined,
  takeMemory: async () => undefined,
  giveMemoryBack: async () => undefined,
  fillDisk: async () => undefined,
  giveDiskBack: async () => undefined,
  database: null,
  cluster: null,
  backup: null,
  tell: () => undefined,
}
const sample: ProbeSample = {
  connection: 'long',
  askedUs: 0,
  endedUs: 1,
  error: null,
  sqlState: null,
  roundTripMs: 0,
  answer: null,
  question: usualQuestion,
}
const common = { name: 'rot', title: '', parameters: {}, judgedBy: 'bounded', minimumForMs: 1 } as const
const doing = { signal: new AbortController().signal, sleep: async () => undefined }

it('a fault that says nothing of its sight is seen by both connections, at the first sample, by the usual question', () => {
  const fault: LinkFault = {
    ...common,
    on: 'link',
    apply: async () => undefined,
    heal: async () => undefined,
    isAffected: () => null,
  }
  const harm = harmToLink(planned, fault, link)
  expect(harm).toMatchObject({ id: 'mine', name: 'rot', seenBy: ['long', 'fresh'], samplesToTrust: 1 })
  expect([harm.question, harm.isAffected(sample)]).toEqual([usualQuestion, null])
})

it('a fault without anything to do in between does nothing', async () => {
  const fault: LinkFault = {
    ...common,
    on: 'link',
    apply: async () => undefined,
    heal: async () => undefined,
    isAffected: () => true,
  }
  expect(await harmToLink(planned, fault, link).during(doing)).toBeUndefined()
})

it('every act and every look gets its target and the plan’s parameters', async () => {
  const got: unknown[] = []
  const note = (what: string) => async (target: unknown, parameters: unknown) =>
    void got.push([what, target, parameters])
  const fault: NodeFault = {
    ...common,
    on: 'node',
    apply: note('apply'),
    during: note('during'),
    heal: note('heal'),
    isAffected: (_, { depth }) => depth === 3,
    seenBy: ({ depth }) => (depth === 3 ? ['fresh'] : []),
    samplesToTrust: ({ depth }) => Number(depth),
    question: ({ depth }, id) => ({ sql: `select ${depth} of ${id}`, isLarge: false }),
  }
  const harm = harmToNode(planned, fault, node)
  await harm.apply()
  await harm.during(doing)
  await harm.heal()
  expect(got).toEqual(['apply', 'during', 'heal'].map((what) => [what, node, { depth: 3 }]))
  expect(harm).toMatchObject({
    seenBy: ['fresh'],
    samplesToTrust: 3,
    question: { sql: 'select 3 of mine', isLarge: false },
  })
  expect(harm.isAffected(sample)).toBe(true)
})

it('a command of the users’ own may take as long as its deadline says, at the end of a run too', () => {
  const fault: NodeFault = {
    ...common,
    on: 'node',
    patienceMs: () => ({ apply: 60_000, heal: 40_000 }),
    apply: async () => undefined,
    heal: async () => undefined,
    isAffected: () => null,
  }
  expect(harmToNode(planned, fault, node).patience).toEqual({ apply: 60_000, heal: 40_000, healAtEnd: 41_500 })
  const { patienceMs: _, ...usual } = fault
  expect(harmToNode(planned, usual, node)).not.toHaveProperty('patience')
})
