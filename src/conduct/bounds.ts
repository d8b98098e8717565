/** Every bound of a running plan, each with its reason. Milliseconds. */
export const boundsMs = {
  /** Between setting t0 and the first intended start: the pipe to the generator takes well under 1 ms. */
  leadBeforeT0: 50,
  /** The link probe's rhythm while a fault comes or goes: it is the resolution of `observed` and `heal verified`. */
  probeQuick: 10,
  /** Quick already this long before a fault comes or goes, so that the sample before it is near. */
  probeQuickAhead: 300,
  /** Between two looks of the supervisor at a node: a part of what a fail-over here takes that is its own. */
  supervisorEvery: 50,
  /** No answer by then is a failed look: what is silent is seen that much later than what refuses. */
  supervisorPatience: 500,
  /** What a fault needs before the load: a base backup of 0.2 GB takes 2 s, and k6 waits a minute for its go. */
  prepare: 40_000,
  /** Rows that the load leaves alone, and all keys, before the load and after it: of 0.2 GB it takes 1 s. */
  look: 30_000,
  /** From the first judged phase on, until a drill restores a backup beside the load. */
  proveAfter: 2_000,
  /** Applying a fault takes a few HTTP calls of a few ms to a proxy on this machine; each call has its own deadline. */
  apply: 5_000,
  /** What a fault does in between, such as a round of forced deadlocks, may take this much longer than the fault. */
  doingEnd: 1_000,
  /** What hinders a fault from acting may pass in a moment: tried again so long after. */
  actAgain: 200,
  /** Healing may start a process anew: a database first replays what a kill -9 left in its log. */
  heal: 20_000,
  /** Of a run that is to end now, the same and the look whether it is gone together: the keeper undoes what is left. */
  healAtEnd: 1_500,
  /** After this, a fault whose end cannot be seen is recorded as never verified. */
  healVerify: 30_000,
  /** Rest after the load, in which `pool.leaked` is measured: long enough for eight samples of it. */
  rest: 2_000,
  /** What the generator may take beyond its drain before it counts as hung. */
  loadEnd: 10_000,
  /** The wall clock moved by more than this against the monotonic one between two looks: a step. */
  clockStep: 100,
} as const
