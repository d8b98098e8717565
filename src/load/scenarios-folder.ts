import { fileURLToPath } from 'node:url'

/** The folder of the workloads that come with Squall. */
export const scenariosFolder = fileURLToPath(new URL('../../scenarios/', import.meta.url))
