/** The one place that touches time: milliseconds on the process's monotonic clock, 0 at its start. */
export function uptimeMs(): number {
  return performance.now()
}

/** Calls back after `delayMs` unless cancelled; 0 means no limit, and never calls back. Returns the cancellation. */
export function after(delayMs: number, callback: () => void): () => void {
  if (delayMs === 0) return noTimer
  const timer = setTimeout(callback, delayMs)
  return () => clearTimeout(timer)
}

/** Calls back again and again without keeping the process alive. Returns the cancellation. */
export function every(intervalMs: number, callback: () => void): () => void {
  const timer = setInterval(callback, intervalMs).unref()
  return () => clearInterval(timer)
}

export function wait(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs)
  })
}

function noTimer(): void {}
