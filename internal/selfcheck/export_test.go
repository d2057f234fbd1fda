package selfcheck

// What the page puts around the act that confirms sheets together.
var (
	SeenHash     = seenHash
	WithFindings = withFindings
)
