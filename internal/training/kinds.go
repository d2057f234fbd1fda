package training

// The kinds of a course (vocabulary course_kind).
const (
	basic    = "basic"
	byRole   = "role"
	followup = "followup"
)

// The ways of taking a course (vocabulary training_way).
const (
	inGroup = "group"
	online  = "elearning"
)
