/** What is taken from a server that nobody has looked at, and how much it is asked: every bound, with its reason. */

/** A schema beyond this is generated code or an attack. */
export const schemaBytesMax = 131_072
/** Pointers that lead back to where they come from, and deep nesting: what is written by hand is 5 or 6 deep. */
export const schemaDepthMax = 24
/** Seeds that are tried until a generated value fits its own schema: `not` and patterns may need a few. */
export const attemptsMax = 20
/** Sets of arguments written for a tool: so many that caches do not see one question only, and a person can read them. */
export const setsMax = 5
/** Of those and what is asked beside them: mock data shows in ten different questions (src/measure/constant-answers.ts). */
export const questionsMax = 16
/** For all questions beside the trials: a person waits for it. */
export const moreMsMax = 20_000
/** A tool whose trial took longer is asked once. */
export const moreTookMsMax = 1_000
/** So many without a good answer mean that the others are not there either: random ids mostly are not. */
export const moreFailuresMax = 3
/** A set as JSON: it stands in a plan that a person reads. */
export const setBytesMax = 4_096

/** Tools that are tried; a server with more is for a plan of its own making. */
export const trialsMax = 200
/** For all trials together: a person waits for it. */
export const trialsMsMax = 180_000
/** A trial that takes longer is too slow to be called by many users. */
export const trialMsMax = 10_000
/** Whether another tool's answer fits a schema: the usual takes 5 ms alone, and a hundred times that on a busy machine. */
export const fitMsMax = 2_000
/** Schemas that may take that long; with more of them it is an attack, and no answer gives arguments any more. */
export const endlessMax = 3
/** In a row: so many without an answer mean that the server is gone. */
export const silencesMax = 3
/** What a server that limits rates may make us wait between two trials. */
export const pauseMsMax = 10_000

/** Of a first plan: so few that any server has room for them, calling so often that half a minute tells something. */
export const usersMin = 10
export const paceSecondsMin = 1
/** Of a first plan, at a time and on average: as many as if all users waited for an answer. */
export const openCallsMax = 10

/** Of an answer, in which rows for other tools' arguments are looked for: levels, and values looked at. */
export const answerDepthMax = 4
export const answerValuesMax = 5_000
export const answerRowsMax = 50

/** For one schema: the usual takes 10 ms, and one that a pattern keeps busy never ends. */
export const generateMsMax = 3_000
/** For the thread to load what it generates with: half a second alone, and many more on a machine under load. */
export const generatorStartMsMax = 30_000
/** For all schemas together: a person waits for it, and twenty schemas that never end are an attack. */
export const generateAllMsMax = 60_000
/** Of the thread that generates. */
export const generateMemoryMiB = 192
