import { type BackupKind, backupKinds } from '../../src/domain/backup.ts'
import type { NodeControl } from '../../src/domain/node-control.ts'
import { type FaultParameters, type NodeFault, textOf } from './fault.ts'
import { backupOf, requireBackup, takeBackup, tellArchiving, tellIntegrity } from './restored.ts'

function kindOf(parameters: FaultParameters): BackupKind {
  return textOf(parameters, 'by') === 'dump' ? 'dump' : 'base-backup'
}

/** Holds on nodes that were really harmed: one whose harm was refused has its data. */
const harmed = new WeakSet<NodeControl>()

/** Disk and database gone. What there is of them is the newest backup, and the log that was archived since. */
export const dataLost: NodeFault = {
  name: 'data-lost',
  title: 'the database killed and its data gone; restored from a backup at the end',
  on: 'node',
  roles: ['postgres'],
  needsBackups: 'any',
  standsAlone: true,
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {
    by: {
      kind: 'choice',
      unit: '',
      choices: backupKinds,
      default: 'base-backup',
      why: 'base-backup: its files, and all that was archived since; dump: a new cluster, filled by pg_restore',
    },
  },
  prepare: (node, parameters) => takeBackup(node, kindOf(parameters)),
  async apply(node, parameters) {
    await requireBackup(node, kindOf(parameters))
    await tellArchiving(node)
    harmed.add(node)
    await node.signal('SIGKILL')
    await backupOf(node).loseData()
  },
  async heal(node, parameters) {
    if (!harmed.has(node)) return
    const { backup, durationMs, bytes, integrity } = await backupOf(node).restoreInPlace(kindOf(parameters))
    node.tell('restored', { from: backup.kind, to: 'latest', durationMs, bytes })
    tellIntegrity(node, integrity)
    await node.start()
  },
  isAffected: (sample) => sample.error !== null,
}
