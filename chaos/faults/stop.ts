import { type NodeFault, numberOf } from './fault.ts'

/** The process is asked to go, as a deployment does. It is started anew when the fault ends. */
export const stop: NodeFault = {
  name: 'stop',
  title: 'the process asked to go (SIGTERM; PostgreSQL: fast shutdown), and started anew at the end',
  on: 'node',
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {
    grace: {
      kind: 'duration',
      unit: 'ms',
      min: 100,
      max: 4_000,
      default: 3_000,
      why: 'after that it is killed; applying a fault as a whole has 5 s',
    },
  },
  apply: (node, parameters) => node.stop(numberOf(parameters, 'grace')),
  heal: (node) => node.start(),
  isAffected: (sample) => sample.error !== null,
}
