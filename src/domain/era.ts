/** Of MCP. `modern`: each request for itself, from 2026-07-28 on. `legacy`: `initialize` first, with or without a session. */
export const eras = ['modern', 'legacy'] as const
export type Era = (typeof eras)[number]
