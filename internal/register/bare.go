package register

import (
	"context"
	"fmt"
	"strings"

	"okite/internal/db"
)

// bareFrom is how many rows are loaded before it is worth while to do without indexes: sorting very many at the end is
// far quicker than finding the place of each in tables that no longer fit into memory.
const bareFrom = 50_000

// strip drops the indexes that a load needs not, once it has brought more rows than were there before.
func (b *bulk) strip(ctx context.Context) error {
	if b.bare != nil || b.n < bareFrom {
		return nil
	}
	var there int64
	if err := b.tx.QueryRow(ctx, fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM change LIMIT %d) AS bounded", 2*b.n+1)).Scan(&there); err != nil {
		return fmt.Errorf("load %s: %w", b.d.Name, err)
	}
	if there > 2*b.n {
		return nil
	}
	for _, statement := range append(b.d.DDL(b.tx.Dialect()), sharedDDL(b.tx.Dialect())...) {
		name, isIndex := indexOf(statement)
		if !isIndex {
			continue
		}
		b.bare = append(b.bare, statement)
		if _, err := b.tx.Exec(ctx, "DROP INDEX IF EXISTS "+name); err != nil {
			return fmt.Errorf("load %s: %w", b.d.Name, err)
		}
	}
	return nil
}

// indexOf gives the name of the index that a statement makes.
func indexOf(statement string) (string, bool) {
	_, rest, ok := strings.Cut(statement, "INDEX IF NOT EXISTS ")
	name, _, _ := strings.Cut(rest, " ")
	return name, ok
}

// dress makes the dropped indexes anew.
func (b *bulk) dress(ctx context.Context) error {
	if b.bare == nil {
		return nil
	}
	if b.tx.Dialect() == db.Postgres {
		if _, err := b.tx.Exec(ctx, "SET LOCAL maintenance_work_mem = '256MB'"); err != nil {
			return fmt.Errorf("load %s: %w", b.d.Name, err)
		}
	}
	for _, statement := range b.bare {
		if _, err := b.tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("load %s: make indexes: %w", b.d.Name, err)
		}
	}
	b.bare = nil
	return nil
}
