// Package bench measures what Okite promises in numbers and sets every number beside a rival's, in one run on one
// machine: ratios travel, times do not. It is a module of its own, so that the engines it is compared with are no
// dependencies of the product. It serves clause 11 (bp.11: what is claimed can be looked at).
//
// "go run ./cmd/bench" prints the tables; README.md says what was seen.
package bench
