package bench

import (
	"context"
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
	"cel.dev/cel-go/interpreter"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"okite/internal/check"
)

// shelf are the two engines people would take off the shelf. They run on the first rows only, each verdict compared;
// what a row looks like to them is made before the clock starts.
func (r *checksRun) shelf(ctx context.Context) ([]*cost, error) {
	inCEL, err := r.cel(min(1000, len(r.rows)))
	if err != nil {
		return nil, fmt.Errorf("cel-go: %w", err)
	}
	inOPA, err := r.opa(ctx, min(100, len(r.rows)))
	if err != nil {
		return nil, fmt.Errorf("OPA: %w", err)
	}
	return []*cost{inCEL, inOPA}, nil
}

func (r *checksRun) sample(name string, n int) { r.sampled[name] = int64(n) * int64(len(r.all)) }

// same compares a sampled row's verdicts with those of the generated Go, which the engine's were compared with.
func (r *checksRun) same(row int, got func(c int) int64) error {
	var want [300]check.Result
	verdicts(&r.rows[row], benchDay, &want)
	for c := range want {
		if got(c) != int64(want[c]) {
			return fmt.Errorf("%s of %s: %d, want %d", r.ids[c].ID, r.rows[row].Key, got(c), want[c])
		}
	}
	return nil
}

// activation is a row as cel-go looks names up: values made beforehand, found without building a map a row.
type activation struct {
	at   map[string]int
	vals []ref.Val
}

func (a *activation) ResolveName(name string) (any, bool) {
	i, ok := a.at[name]
	if !ok {
		return nil, false
	}
	return a.vals[i], true
}

func (a *activation) Parent() interpreter.Activation { return nil }

func (r *checksRun) cel(n int) (*cost, error) {
	names, _ := table()
	names = names[1:]
	options := []cel.EnvOption{ext.Math()}
	at := map[string]int{}
	for i, name := range names {
		t := cel.IntType
		if i < 10 {
			t = cel.BoolType
		}
		options = append(options, cel.Variable(name, t))
		at[name] = i
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, err
	}
	programs := make([]cel.Program, len(r.all))
	for i, c := range r.all {
		tree, issues := env.Compile(celCase(c, benchDay))
		if issues.Err() != nil {
			return nil, issues.Err()
		}
		if programs[i], err = env.Program(tree, cel.EvalOptions(cel.OptOptimize)); err != nil {
			return nil, err
		}
	}
	rows := make([]*activation, n)
	for i := range rows {
		a := &activation{at: at}
		for _, v := range cells(&r.rows[i])[1:] {
			a.vals = append(a.vals, types.DefaultTypeAdapter.NativeToValue(widen(v)))
		}
		rows[i] = a
	}
	out := make([]ref.Val, len(programs))
	c := &cost{name: "cel-go", clock: cpu}
	c.do = func() error {
		for row, a := range rows {
			for i, p := range programs {
				if out[i], _, err = p.Eval(a); err != nil {
					return err
				}
			}
			if err := r.same(row, func(c int) int64 { return int64(out[c].(types.Int)) }); err != nil {
				return err
			}
		}
		return nil
	}
	r.sample(c.name, n)
	return c, c.do()
}

// widen gives a value the type the off-the-shelf engines count in.
func widen(v any) any {
	switch v := v.(type) {
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	}
	return v
}

func (r *checksRun) opa(ctx context.Context, n int) (*cost, error) {
	q, err := rego.New(rego.Query("x = data.okite.results"), rego.Module("okite.rego", regoModule(r.all, benchDay))).PrepareForEval(ctx)
	if err != nil {
		return nil, err
	}
	names, _ := table()
	inputs := make([]ast.Value, n)
	for i := range inputs {
		m := map[string]any{}
		for k, v := range cells(&r.rows[i]) {
			m[names[k]] = widen(v)
		}
		if inputs[i], err = ast.InterfaceToValue(m); err != nil {
			return nil, err
		}
	}
	c := &cost{name: "OPA, subject as input", clock: cpu}
	c.do = func() error {
		for row, in := range inputs {
			set, err := q.Eval(ctx, rego.EvalParsedInput(in))
			if err != nil {
				return err
			}
			if len(set) != 1 {
				return fmt.Errorf("%d answers, want 1", len(set))
			}
			list, ok := set[0].Bindings["x"].([]any)
			if !ok || len(list) != len(r.all) {
				return fmt.Errorf("answer is %v", set[0].Bindings["x"])
			}
			if err := r.same(row, func(c int) int64 { return number(list[c]) }); err != nil {
				return err
			}
		}
		return nil
	}
	r.sample(c.name, n)
	return c, c.do()
}

// number reads a number as Rego gives it; -1 is none.
func number(v any) int64 {
	n, ok := v.(interface{ Int64() (int64, error) })
	if !ok {
		return -1
	}
	i, err := n.Int64()
	if err != nil {
		return -1
	}
	return i
}
