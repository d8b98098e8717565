/** Resolves when the run is to end. */
export function whenStopped(stop: AbortSignal): Promise<null> {
  if (stop.aborted) return Promise.resolve(null)
  return new Promise((resolve) => stop.addEventListener('abort', () => resolve(null), { once: true }))
}
