package check

// Index is the row of a record in its source; false when the engine does not hold it.
func (e *Engine) Index(register, key string) (int, bool) {
	s := e.spaceAt[register]
	if s == nil {
		return 0, false
	}
	row, ok := s.index[key]
	return row, ok
}
