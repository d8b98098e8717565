import type { BridgeRow } from '../record/reader-rows.ts'
import type { RunView } from './run-view.ts'

/** What each bridge told, in the order of the stream; one empty list where none told anything. */
export function bridgeParts(view: RunView): readonly (readonly BridgeRow[])[] {
  const byInstance = Map.groupBy(view.folder.bridge?.rows ?? [], (row) => row.instance)
  return byInstance.size === 0 ? [[]] : [...byInstance.values()]
}
