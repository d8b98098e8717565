/** What is taken from a server that nobody has looked at yet. */

/** Characters of one answer; the generator takes as many bytes (engines/squall/answer_limit.go). */
export const answerCharactersMax = 4 * 1_048_576
/** Pages of one listing: a server whose cursors lead round in a circle would never end it. */
export const listPagesMax = 100
/** Tools of one listing, many more than any client shows a model. */
export const listToolsMax = 5_000
/** Of a whole listing, over all its pages. */
export const listCharactersMax = 16 * 1_048_576
/** Of the address itself: `/mcp` to `/mcp/`, and http to https. */
export const redirectsMax = 3
