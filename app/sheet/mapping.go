package sheet

import (
	"tongce/app/schema"
)

// The reasons for which a column goes to a field.
const (
	ReasonName       = "name"
	ReasonAlias      = "alias"
	ReasonContent    = "content"
	ReasonSimilar    = "similar"
	ReasonRemembered = "remembered"
	ReasonChosen     = "chosen"
	ReasonRowNumber  = "rownumber"
	ReasonNone       = "none"
)

func matchColumn(s *schema.Schema, c ColumnInfo) (key, reason string) { return "", "" }
