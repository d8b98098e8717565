// Command k6 is k6 with what Squall's scenarios need compiled in: SQL through pgx, and Squall's own pace and record.
package main

import (
	_ "squall/engines/squall" // registers the JavaScript module k6/x/squall and the output `squall`

	_ "github.com/grafana/xk6-sql" // registers the JavaScript module k6/x/sql
	"github.com/grafana/xk6-sql/sql"
	_ "github.com/jackc/pgx/v5/stdlib" // the database/sql driver named "pgx"
	"go.k6.io/k6/cmd"
)

func main() {
	sql.RegisterModule("pgx")
	cmd.Execute()
}
