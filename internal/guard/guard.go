// Package guard reads the source of the product and holds it to the rules of the house: arrows between packages
// point down, clocks and chance come from one place, every saying has both languages. It has tests and no code.
//
// It serves clause 9(3) (bp.9.3: what is built is built to a standard that is checked) and, by the golden file of the
// import graph, clause 11 (bp.11): a reviewer sees each new arrow.
package guard
