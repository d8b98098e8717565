/** Of each tool whether it says of itself that it only reads; null: it does not say. */
export type ToolReads = Readonly<Record<string, boolean | null>>
