import { freemem } from 'node:os'

/** What new processes of ours may take, in bytes: by the machine, and by the limits of the control group we are in. */
export function freeMemoryBytes(): number {
  return Math.min(freemem(), process.availableMemory())
}
