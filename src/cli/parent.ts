import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'

const variable = 'SQUALL_PARENT_FD'

/**
 * Calls back, at most once, when the launcher that started this process is gone, however it died (its end of a pipe
 * closes). Does not keep the event loop alive. Without a launcher nothing ever happens.
 *
 * Takes the variable out of `env`, so that a process started by this one does not read another file under that
 * number. Returns whether a launcher is being watched.
 */
export function onParentGone(callBack: () => void, env: NodeJS.ProcessEnv = process.env): boolean {
  const text = env[variable]
  delete env[variable]
  if (text === undefined || !/^\d{1,4}$/.test(text) || !isPipe(Number(text))) return false
  const pipe = new Socket({ fd: Number(text), readable: true, writable: false })
  let isGone = false
  const gone = (): void => {
    if (isGone) return
    isGone = true
    pipe.destroy()
    callBack()
  }
  pipe.once('end', gone)
  pipe.once('error', gone)
  pipe.resume()
  pipe.unref()
  return true
}

function isPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd)
    return stat.isSocket() || stat.isFIFO()
  } catch {
    return false
  }
}
