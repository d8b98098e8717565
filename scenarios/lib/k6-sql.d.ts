/** xk6-sql, as far as we use it: its own index.d.ts declares no module. Numbers of rows come from the driver, pgx. */
declare module 'k6/x/sql' {
  interface Database {
    /** Carries the statement out to its end, or throws; `timeout` such as `250ms` covers a connection that it opens. */
    execWithTimeout(timeout: string, query: string, ...args: unknown[]): { rowsAffected(): number }
    close(): void
  }
  const sql: {
    open(
      driver: symbol,
      url: string,
      options: { readonly max_open_conns: number; readonly max_idle_conns: number },
    ): Database
  }
  export default sql
  export type { Database }
}

declare module 'k6/x/sql/driver/pgx' {
  const driver: symbol
  export default driver
}
